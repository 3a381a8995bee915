"""Answers for `<box>.local` and tells of the page as a service: multicast DNS (RFC 6762), DNS-SD (RFC 6763).

MicroPython's images for chips answer for the host name themselves and hold port 5353: there this does not run. It is
for those who build theirs without (LWIP_MDNS_RESPONDER).
"""

import asyncio
import socket
import struct

from micropython import const

from osb_box.net.dns import readable

GROUP = "224.0.0.251"
PORT = 5353
_MOST = const(1500)
_QUESTIONS = const(16)
_NAME_BYTES = const(255)
_A = const(1)
_PTR = const(12)
_TXT = const(16)
_SRV = const(33)
_ANY = const(255)
_IN = const(1)
_FLUSH = const(0x8001)  # class IN, and what others know of this name is void: it is ours alone
_UNICAST = const(0x8000)  # of a question's class: answer to me only
_HOST_S = const(120)
_SERVICE_S = const(4500)
_TYPES = b"\x09_services\x07_dns-sd\x04_udp\x05local\0"
_HTTP = b"\x05_http\x04_tcp\x05local\0"


class Responder:
    """`name` of the box without ".local", `address` text with dots, `port` of the page."""

    def __init__(self, name, address, port):
        label = bytes((len(name),)) + name.encode()
        self._host = label + b"\x05local\0"
        self._service = label + _HTTP
        self._address = bytes([int(part) for part in address.split(".")])
        self._port = port

    def announcement(self, ttl=True):
        """All of ours, unasked (8.3); with ttl False it says good-bye (10.1)."""
        return self._message(0, b"", [_A, _PTR, _SRV, _TXT], ttl)

    def answer(self, data, asker_port):
        """(what to say, to the asker alone?) of a packet; None where nobody asks for us."""
        if len(data) < 12:
            return None
        number, flags, asked = struct.unpack_from(">HHH", data)
        if flags & 0xF800 or not 0 < asked <= _QUESTIONS:  # answers of others, other kinds of query
            return None
        wanted, alone, at = [], True, 12
        for _ in range(asked):
            name, at = read_name(data, at)
            if name is None or at + 4 > len(data):
                return None
            kind, group = struct.unpack_from(">HH", data, at)
            at += 4
            if group & 0x7FFF not in (_IN, _ANY):
                continue
            found = self._wanted(name, kind)
            if found:
                wanted += [kind for kind in found if kind not in wanted]
                alone = alone and bool(group & _UNICAST)
        if not wanted:
            return None
        if asker_port != PORT:  # a plain DNS client (6.7): its question comes back, and nothing lives long
            return self._message(number, data[12:at], wanted, True, asked), True
        return self._message(0, b"", wanted, True), alone

    def _wanted(self, name, kind):
        if name == self._host.lower():
            return [_A] if kind in (_A, _ANY) else []
        if name == _HTTP and kind in (_PTR, _ANY):
            return [_PTR, _SRV, _TXT, _A]
        if name == _TYPES and kind in (_PTR, _ANY):
            return [_TYPES]
        if name == self._service.lower():
            return [_SRV, _TXT, _A] if kind == _ANY else [k for k in (_SRV, _TXT) if k == kind] + [_A]
        return []

    def _message(self, number, question, kinds, ttl, asked=0):
        plain = bool(question)
        out = struct.pack(">HHHHHH", number, 0x8400, asked, len(kinds), 0, 0) + question
        for kind in kinds:
            name, data, lives = self._service, b"\0", _SERVICE_S
            if kind == _A:
                name, data, lives = self._host, self._address, _HOST_S
            elif kind == _PTR:
                name, data = _HTTP, self._service
            elif kind == _TYPES:
                name, data, kind = _TYPES, _HTTP, _PTR
            elif kind == _SRV:
                data, lives = struct.pack(">HHH", 0, 0, self._port) + self._host, _HOST_S
            group = _IN if kind == _PTR or plain else _FLUSH
            lives = (min(lives, 10) if plain else lives) if ttl else 0
            out += name + struct.pack(">HHIH", kind, group, lives, len(data)) + data
        return out


def read_name(data, at):
    """(name in lower case with its lengths, where what follows it begins); (None, 0) for nonsense."""
    name, end, jumps = b"", None, 0
    while at < len(data):
        size = data[at]
        if size >= 0xC0:
            if at + 1 >= len(data) or jumps == 8:
                return None, 0
            end = at + 2 if end is None else end
            at = (size & 0x3F) << 8 | data[at + 1]
            jumps += 1
            continue
        if size > 63 or len(name) + size > _NAME_BYTES or at + 1 + size > len(data):
            return None, 0
        name += data[at : at + 1 + size]
        at += 1 + size
        if not size:
            return name.lower(), at if end is None else end
    return None, 0


async def serve(responder, address, group=GROUP, port=PORT):
    """Announce ourselves and answer for ever in the network of `address`. OSError if the port cannot be had."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind(socket.getaddrinfo("0.0.0.0", port)[0][-1])
        numbers = [bytes([int(part) for part in text.split(".")]) for text in (group, address)]
        sock.setsockopt(0, socket.IP_ADD_MEMBERSHIP, numbers[0] + numbers[1])
        everybody = socket.getaddrinfo(group, port)[0][-1]
        for _ in range(2):
            sock.sendto(responder.announcement(), everybody)
            await asyncio.sleep_ms(1000)
        while True:
            await readable(sock)
            try:
                data, asker = sock.recvfrom(_MOST)
                said = responder.answer(data, _port_of(asker))
                if said:
                    sock.sendto(said[0], asker if said[1] else everybody)
            except OSError:
                await asyncio.sleep_ms(10)  # no buffer just now
    finally:
        sock.close()


def _port_of(address):
    """Chips tell an address as (host, port), the unix port as the bytes of its struct."""
    return address[1] if isinstance(address, tuple) else address[2] << 8 | address[3]
