"""What goes wrong with the Wi-Fi of the emulated radio: an access point that is gone, frames that are lost.

Event codes and states: cyw43-driver, `cyw43_ll.h`. The emulator's end of a connection sends nothing twice, so of what
comes to the box only acknowledgements can be lost; what the box sends it sends again.
"""

import random
from typing import Any

from rp2040py.external.cyw43 import bus as radio
from rp2040py.external.cyw43 import net

_NO_NETWORKS = 3  # CYW43_STATUS_NO_NETWORKS
_CONTENT = radio.SDPCM_HEADER_LEN + 2 + radio.BDC_HEADER_LEN  # where the Ethernet frame begins


class Trouble:
    """`lost` is the share of frames that do not arrive; `leave()` and `back()` are the access point's."""

    def __init__(self, bus: Any, seed: int = 1) -> None:
        self.lost = 0.0
        self.dropped = 0  # frames that did not arrive
        self._gone = False
        self._bus, self._chance = bus, random.Random(seed)
        self._join, self._queue = bus._queue_join_events, bus.queue_rx_packet
        bus._queue_join_events, bus.queue_rx_packet = self._joined, self._to_box

    def leave(self) -> None:
        """The access point goes, as when the router is switched off: the radio tells its driver."""
        self._gone = True
        self._bus._queue_disassoc_events()

    def back(self) -> None:
        """It is there again; whoever was in it has to join anew."""
        self._gone = False

    def passes(self) -> bool:
        """Whether a frame arrives."""
        arrives = not self._gone and self._chance.random() >= self.lost
        self.dropped += not arrives
        return arrives

    def _joined(self) -> None:
        if self._gone:
            self._bus.queue_rx_packet(self._bus._build_async_event(radio.CYW43_EV_SET_SSID, _NO_NETWORKS, flags=0))
        else:
            self._join()

    def _to_box(self, packet: bytes) -> None:
        ours = packet[5] & 0x0F == radio.DATA_HEADER and (self._gone or _may_be_lost(packet[_CONTENT:]))
        if not ours or self.passes():
            self._queue(packet)


def _may_be_lost(frame: bytes) -> bool:
    """Is it an acknowledgement and nothing else?"""
    ethernet = net.parse_ethernet(frame)
    packet = net.parse_ipv4(ethernet.payload) if ethernet and ethernet.ethertype == net.ETHERTYPE_IPV4 else None
    segment = net.parse_tcp(packet.payload) if packet and packet.proto == net.IP_PROTO_TCP else None
    return segment is not None and not segment.payload and segment.flags == net.TCP_ACK
