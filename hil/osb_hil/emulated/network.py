"""The network behind the emulated radio: services of this machine under names and addresses, and a way in to the box.

rp2040py answers the guest's ARP and DHCP and forwards its own connections to the address they ask for. Here those of
the gateway (10.0.0.1) come out on this machine, it knows every name under its own address and tells the time, and
connections to the guest can be opened.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from rp2040py.external.cyw43 import bus as radio
from rp2040py.external.cyw43 import nat, net

from osb_hil.emulated.chip import Chip
from osb_hil.emulated.services import services
from osb_hil.emulated.trouble import Trouble

BOX, GATEWAY = nat.GUEST_IP, nat.GATEWAY_IP
_OURS = bytes([192, 0, 2, 1])  # where browsers come from: an address for documentation (RFC 5737)
_WINDOW = 65535
_NAMES = 53
_MSS = 1460
_SET, _GROUPS, _CONTENT = radio.WLC_SET_VAR, b"mcast_list\0", radio.SDPCM_HEADER_LEN + radio.IOCTL_HEADER_LEN


class Network:
    """Lays hold of the bridge of a chip's radio. Connections to the gateway come out at 127.0.0.1, same port."""

    def __init__(self, chip: Chip) -> None:
        assert chip.wifi is not None
        self._chip = chip
        self._bridge: Any = chip.wifi.bus.nat_bridge
        earn_no_credit(chip.wifi.bus)
        self.trouble = Trouble(chip.wifi.bus)
        self.names_dead = False  # no name server answers
        self.before_group: Callable[[], None] = lambda: None  # the driver tells the radio of a multicast group
        self._to_radio = chip.wifi.bus._write_wlan
        chip.wifi.bus._write_wlan = self._asked
        self._bridge._tcp._connect_fn = self._connect
        self._forward = self._bridge.handle_outbound_ethernet_frame
        self._bridge.handle_outbound_ethernet_frame = self._from_box
        self._services = services(GATEWAY, lambda: chip.us / 1e6)
        self._mac: bytes | None = None
        self._visits: dict[int, Visit] = {}
        self._next_port = 40000

    async def open(self, port: int) -> "Visit":
        """Connect to a port of the box, as a browser in the home does; OSError where it refuses."""
        await self._chip.until(lambda: self._mac is not None, 30, "a word from the radio of the box")
        self._next_port += 1
        visit = self._visits[self._next_port] = Visit(self, self._next_port, port)
        visit.send(net.TCP_SYN)
        await self._chip.until(lambda: visit.open or visit.refused, 20, "an answer to our connection")
        if visit.refused:
            raise ConnectionRefusedError(f"the box refuses connections to port {port}")
        return visit

    async def close(self) -> None:
        """Hang up everywhere, as the power of the box is gone."""
        self.forget()
        await asyncio.sleep(0)

    def forget(self) -> None:
        """Nobody answers for the connections that there are, as behind a router that has lost its table."""
        self._bridge.reset()

    def to_box(self, visit: "Visit", flags: int, payload: bytes) -> None:
        """One segment into the radio."""
        segment = net.pack_tcp(
            _OURS,
            BOX,
            visit.ours,
            visit.theirs,
            seq=visit.sent,
            ack=visit.received,
            flags=flags,
            window=_WINDOW,
            payload=payload,
            mss=_MSS if flags & net.TCP_SYN else None,
        )
        self._queue(net.pack_ipv4(_OURS, BOX, net.IP_PROTO_TCP, segment))

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        gateway = ".".join(map(str, GATEWAY))
        reader, writer = await asyncio.open_connection("127.0.0.1" if host == gateway else host, port)
        half_close = writer.write_eof

        def write_eof() -> None:
            with contextlib.suppress(OSError):  # the server has hung up already, which would end the emulator
                half_close()

        setattr(writer, "write_eof", write_eof)  # noqa: B010  a method
        return reader, writer

    def _from_box(self, frame: bytes) -> None:
        if not self.trouble.passes():
            return
        ethernet = net.parse_ethernet(frame)
        if ethernet is not None:
            self._mac = ethernet.src_mac
            packet = net.parse_ipv4(ethernet.payload) if ethernet.ethertype == net.ETHERTYPE_IPV4 else None
            if packet is not None and packet.proto == net.IP_PROTO_TCP and packet.dst_ip == _OURS:
                segment = net.parse_tcp(packet.payload)
                if segment is not None and segment.dst_port in self._visits:
                    self._visits[segment.dst_port].take(segment)
                return
            if packet is not None and packet.proto == net.IP_PROTO_UDP and self._served(packet):
                return
        self._forward(frame)

    def _asked(self, data: bytes) -> None:
        """What the driver tells the radio."""
        asked = data[5] & 0x0F == radio.CONTROL_HEADER and data[_CONTENT:].startswith(_GROUPS)
        if asked and int.from_bytes(data[radio.SDPCM_HEADER_LEN :][:4], "little") == _SET:
            self.before_group()
        self._to_radio(data)

    def _served(self, packet: Any) -> bool:
        """Answer a datagram to one of our services."""
        asked = net.parse_udp(packet.payload)
        if asked is None or packet.dst_ip != GATEWAY or asked.dst_port not in self._services:
            return False
        answer = None if self.names_dead and asked.dst_port == _NAMES else self._services[asked.dst_port](asked.payload)
        if answer is not None:
            datagram = net.pack_udp(GATEWAY, packet.src_ip, asked.dst_port, asked.src_port, answer)
            self._queue(net.pack_ipv4(GATEWAY, packet.src_ip, net.IP_PROTO_UDP, datagram))
        return True

    def _queue(self, packet: bytes) -> None:
        assert self._mac is not None
        self._bridge._queue_ethernet_frame(net.pack_ethernet(self._mac, nat.GATEWAY_MAC, net.ETHERTYPE_IPV4, packet))


def earn_no_credit(bus: Any) -> None:
    """A frame from the network leaves the credit of the box as it is: each that it sends is answered by one already.

    The emulator gives one for both, and 256 ahead of what it has sent the driver of the radio takes for none at all.
    """
    build = bus._build_data_frame

    def frame(*content: Any, **how: Any) -> Any:
        bus._bus_data_credit = (bus._bus_data_credit - 1) & 0xFF
        return build(*content, **how)

    bus._build_data_frame = frame


class Visit:
    """One connection to the box. The radio loses nothing and keeps the order, so nothing is ever sent twice."""

    def __init__(self, network: Network, ours: int, theirs: int) -> None:
        self.ours, self.theirs = ours, theirs
        self.open = self.refused = self.ended = False
        self.data = bytearray()
        self.sent, self.received = 1000, 0
        self._network = network

    def send(self, flags: int, payload: bytes = b"") -> None:
        """A segment, and what it uses up of the numbers."""
        self._network.to_box(self, flags, payload)
        self.sent += len(payload) + (1 if flags & (net.TCP_SYN | net.TCP_FIN) else 0)

    def write(self, data: bytes) -> None:
        """At most what fits into one segment."""
        self.send(net.TCP_ACK | net.TCP_PSH, data)

    def hang_up(self) -> None:
        """Our end, too, is over: a box has room for five connections, those that it alone has ended among them."""
        self.send(net.TCP_FIN | net.TCP_ACK)

    def take(self, segment: Any) -> None:
        """A segment of the box."""
        if segment.flags & net.TCP_RST:
            self.refused = self.ended = True
            return
        if segment.flags & net.TCP_SYN:
            self.received, self.open = (segment.seq + 1) & 0xFFFFFFFF, True
        elif segment.seq == self.received:
            self.data += segment.payload
            self.received = (self.received + len(segment.payload)) & 0xFFFFFFFF
            if segment.flags & net.TCP_FIN and not self.ended:
                self.received = (self.received + 1) & 0xFFFFFFFF
                self.ended = True
        if segment.payload or segment.flags & (net.TCP_SYN | net.TCP_FIN):
            self.send(net.TCP_ACK)


async def get(chip: Chip, network: Network, path: str, token: str | None = None) -> tuple[int, bytes]:
    """GET a page of the box through its radio: status and body."""
    visit = await network.open(80)
    head = f"GET {path} HTTP/1.0\r\nHost: box\r\n"
    visit.write((head + (f"Authorization: Bearer {token}\r\n" if token else "") + "\r\n").encode())
    await chip.until(lambda: visit.ended, 30, f"the end of {path}")
    visit.hang_up()
    top, _, body = bytes(visit.data).partition(b"\r\n\r\n")
    return int(top.split()[1]), body
