"""Names to IPv4 addresses over UDP (RFC 1035), without ever blocking. The last good address of a name is kept.

The port's own getaddrinfo can hang a chip past its watchdog; here it is given numbers only.
"""

import asyncio
import errno
import os
import socket
import struct

from micropython import const

from osb_box.net import good

_WAIT_MS = const(2000)
_TRIES = const(3)
_NAMES = const(6)  # names whose last good address is kept
_MOST_BYTES = const(512)  # of an answer over UDP


async def resolve(host, servers):
    """The address of `host`, asked of `servers` [addresses] in turn; the last good one if none answers. OSError."""
    if host == "localhost":
        return "127.0.0.1"
    refused = None
    for i in range(_TRIES):
        for server in servers:
            try:
                address = await ask(host, server, _WAIT_MS << i)
            except NoSuchName as e:
                refused = e
                continue
            except (OSError, ValueError, asyncio.TimeoutError):
                continue
            _keep(host, address)
            return address
        if refused:
            break
    for name, address in good:
        if name == host:
            return address
    raise refused or OSError(errno.ETIMEDOUT, "no name server answers for " + host)


async def ask(host, server, wait_ms):
    """The address that one server gives. NoSuchName, OSError, ValueError for nonsense, asyncio.TimeoutError."""
    name, _, port = server.partition(":")
    number = struct.unpack(">H", os.urandom(2))[0]
    asked = query(host, number)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.connect(socket.getaddrinfo(name, int(port or 53))[0][-1])
        sock.send(asked)
        return await asyncio.wait_for_ms(_answer(sock, asked, host), wait_ms)
    finally:
        sock.close()


class NoSuchName(OSError):
    """A server knows that there is no such name."""


def query(host, number):
    """A question for the IPv4 addresses of a name; ValueError where it is none (RFC 1035, 4.1)."""
    out = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
    for label in host.rstrip(".").split("."):
        data = label.encode()
        if not 0 < len(data) < 64:
            raise ValueError("%s is not a name" % host)
        out += bytes((len(data),)) + data
    return out + b"\x00\x00\x01\x00\x01"


def read(asked, data, host):
    """The first IPv4 address in an answer to `asked`, None if it answers something else. NoSuchName, ValueError."""
    if len(data) < len(asked) or data[:2] != asked[:2] or not data[2] & 0x80:
        return None
    if data[12 : len(asked)].lower() != asked[12:].lower():
        return None
    code = data[3] & 15
    if code == 3:
        raise NoSuchName(errno.ENOENT, "there is no host called " + host)
    if code:
        raise ValueError("the name server answered with code %d" % code)
    at = len(asked)
    for _ in range(struct.unpack_from(">H", data, 6)[0]):
        at = _past_name(data, at)
        if at + 10 > len(data):
            raise ValueError("the answer is cut short")
        kind, group, _, size = struct.unpack_from(">HHIH", data, at)
        at += 10
        if at + size > len(data):
            raise ValueError("the answer is cut short")
        if kind == 1 and group == 1 and size == 4:
            return "%d.%d.%d.%d" % tuple(data[at : at + 4])
        at += size  # an alias: its address follows
    raise NoSuchName(errno.ENOENT, "%s has no IPv4 address" % host)


def _past_name(data, at):
    while at < len(data):
        size = data[at]
        if size >= 0xC0:
            return at + 2
        at += 1 + size
        if not size:
            return at
    raise ValueError("the answer is cut short")


async def _answer(sock, asked, host):
    while True:
        await readable(sock)
        address = read(asked, sock.recv(_MOST_BYTES), host)
        if address:
            return address


def readable(sock):
    """Wait until a socket can be read."""
    yield asyncio.core._io_queue.queue_read(sock)


def _keep(host, address):
    for known in good:
        if known[0] == host:
            good.remove(known)
            break
    good.append((host, address))
    if len(good) > _NAMES:
        good.pop(0)
