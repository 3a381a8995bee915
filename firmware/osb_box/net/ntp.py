"""The time of one server (RFC 4330, with the checks of RFC 5905), without blocking. Needed every few hours."""

import asyncio
import os
import socket
import struct
import time

from micropython import const

from osb_box.net import dns

_TO_UNIX_S = const(2208988800)  # NTP counts from 1900, and again from 2036-02-07
_WAIT_MS = const(3000)
_SLOW_MS = const(2000)  # an answer that took longer says little
_ROUND_S = const(16)  # to the primary server and back: more is a server that lost its own


async def ask(host, port):
    """Unix seconds UTC as a server says. OSError, asyncio.TimeoutError; ValueError for an answer that is no good."""
    asked = b"\x23" + bytes(39) + os.urandom(8)  # client, version 4; our "time" is a number that nobody can guess
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.connect(socket.getaddrinfo(host, port)[0][-1])
        start = time.ticks_ms()
        sock.send(asked)
        return await asyncio.wait_for_ms(_answer(sock, asked, start), _WAIT_MS)
    finally:
        sock.close()


async def _answer(sock, asked, start):
    while True:
        await dns.readable(sock)
        data = sock.recv(128)
        if data[24:32] == asked[40:]:  # else it answers something we never asked
            return read(data, time.ticks_diff(time.ticks_ms(), start))


def read(data, took_ms):
    """The time now, of an answer that took so long; ValueError says why it is no good."""
    if len(data) < 48:
        raise ValueError("answers with %d bytes" % len(data))
    leap, version, mode = data[0] >> 6, data[0] >> 3 & 7, data[0] & 7
    if mode != 4 or version not in (3, 4):
        raise ValueError("is no time server")
    if data[1] == 0:
        raise ValueError("wants to be left alone")  # "kiss of death"
    delay, dispersion = struct.unpack_from(">II", data, 4)
    if leap == 3 or data[1] > 15 or delay // 2 + dispersion >= _ROUND_S << 16:
        raise ValueError("does not know the time itself")
    if took_ms > _SLOW_MS:
        raise ValueError("took %d ms" % took_ms)
    seconds, part = struct.unpack_from(">II", data, 40)
    if not seconds:
        raise ValueError("does not know the time itself")
    if not seconds & 0x80000000:
        seconds += 1 << 32
    return seconds - _TO_UNIX_S + ((part >> 16) * 1000 // 65536 + took_ms // 2 + 500) // 1000
