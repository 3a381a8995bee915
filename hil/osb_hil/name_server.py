"""A name server on loopback (RFC 1035) that knows every name under one address, and can fall silent."""

import asyncio
import struct
from typing import Any

_ANSWER = struct.Struct(">HHHIH4s")  # name by reference, type A, class IN, seconds, length, address


def answer(question: bytes, address: bytes) -> bytes | None:
    """What a server says for which every name has that address; None to what is no question."""
    if len(question) < 17:
        return None
    head = struct.pack(">HHHHHH", int.from_bytes(question[:2], "big"), 0x8180, 1, 1, 0, 0)
    return head + question[12:] + _ANSWER.pack(0xC00C, 1, 1, 60, 4, address)


class NameServer(asyncio.DatagramProtocol):
    """Answers any question for an IPv4 address with 127.0.0.1. `await start()`; `address` is host:port."""

    def __init__(self) -> None:
        self.silent = False
        self.asked = 0
        self.address = ""
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.address = "127.0.0.1:{}".format(self._transport.get_extra_info("sockname")[1])

    def stop(self) -> None:
        """Give the port back."""
        if self._transport:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """A question: one name, as the box asks."""
        self.asked += 1
        found = answer(data, bytes((127, 0, 0, 1)))
        if found and not self.silent and self._transport:
            self._transport.sendto(found, addr)
