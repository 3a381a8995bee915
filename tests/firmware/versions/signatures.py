"""Runs on MicroPython: checks the signatures of a file of lines [modulus, digest, signature, good], all hexadecimal."""

import binascii
import json
import sys
import time

from osb_boot import signature


def verdict(n, digest, signed):
    """(verdict, slices, longest slice [us])"""
    work, slices, longest = signature.check(n, digest, signed), 0, 0
    while True:
        start = time.ticks_us()
        try:
            next(work)
        except StopIteration as e:
            return e.value, slices, longest
        slices += 1
        longest = max(longest, time.ticks_diff(time.ticks_us(), start))


wrong = count = 0
with open(sys.argv[1]) as f:
    for line in f:
        n, digest, signed, good = json.loads(line)
        found = verdict(signature.modulus(n), binascii.unhexlify(digest), binascii.unhexlify(signed))
        count += 1
        if found[0] != good:
            wrong += 1
            print("wrong:", line[:60], good)
print(json.dumps({"checked": count, "wrong": wrong}))
