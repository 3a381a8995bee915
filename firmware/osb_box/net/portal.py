"""In our own access point every name is ours: so a phone finds the box's page, and shows it by itself. RFC 1035."""

import asyncio
import socket

from micropython import const

from osb_box.net.dns import readable

_MOST = const(512)
_QUESTION = const(12)  # where it begins


def answer(asked, address):
    """The answer to a question: `address` (four bytes) for a name's IPv4 address, nothing for the rest; None to a fool.

    An answer that lives for 0 s: back in the home's network, the phone must not believe it any more.
    """
    if len(asked) < _QUESTION + 5 or asked[2] & 0xF8 or asked[4:6] != b"\0\1":  # a query, standard, one question
        return None
    at = _QUESTION
    while at < len(asked) and asked[at]:
        if asked[at] > 63:
            return None
        at += 1 + asked[at]
    if at + 5 > len(asked):
        return None
    kind, question = asked[at + 1 : at + 5], asked[_QUESTION : at + 5]
    ours = kind in (b"\0\1\0\1", b"\0\xff\0\1")
    head = asked[:2] + b"\x85\x80\0\1" + (b"\0\1" if ours else b"\0\0") + bytes(4)
    if not ours:
        return head + question
    return head + question + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + address


async def serve(address, port=53):
    """Answer for ever as the name server at `address`, text with dots. OSError if the port cannot be had."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind(socket.getaddrinfo(address, port)[0][-1])
        ours = bytes([int(part) for part in address.split(".")])
        while True:
            await readable(sock)
            try:
                asked, guest = sock.recvfrom(_MOST)
                said = answer(asked, ours)
                if said:
                    sock.sendto(said, guest)
            except OSError:
                await asyncio.sleep_ms(10)  # the guest has gone, or there is no buffer just now
    finally:
        sock.close()
