"""The golden vectors on MicroPython: the same cases as test_vectors.py runs on CPython."""

import json
import os

from osb_wire.fields import WireError
from osb_wire.messages import decode, encode

FOLDER = __file__.rsplit("/", 1)[0] + "/vectors/"


def cases():
    for name in sorted(os.listdir(FOLDER)):
        with open(FOLDER + name) as f:
            for case in json.load(f):
                yield name[:-5], case


def test_accepted():
    seen = 0
    for kind, case in cases():
        if "message" in case:
            got = decode(kind, case["payload"].encode())
            assert got == case["message"], (kind, case["why"], got)
            assert decode(kind, encode(kind, got)) == got, (kind, case["why"])
            seen += 1
    assert seen >= 9


def test_refused():
    seen = 0
    for kind, case in cases():
        if "refused" in case:
            try:
                decode(kind, case["payload"].encode())
            except WireError as e:
                assert e.field == case["refused"], (kind, case["why"], e.field)
                seen += 1
            else:
                raise AssertionError(kind + " accepted: " + case["why"])
    assert seen >= 9


def test_deep_nesting_is_refused():
    for payload in (b"[" * 400, b"[" * 400 + b"]" * 400, b'{"a":' * 400):
        try:
            decode("event", payload)
        except WireError as e:
            assert e.field == "message", e.field
        else:
            raise AssertionError("accepted")
