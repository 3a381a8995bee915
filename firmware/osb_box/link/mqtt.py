"""An MQTT 3.1.1 connection that is open: QoS 1 out, QoS 0 and 1 in, all time-outs in wall time. Opening: opening.py.

Section numbers are those of the OASIS standard of 29 October 2014.
"""

import asyncio
import struct
import time

from micropython import const

from osb_box import net

_PUBLISH = const(3)
_PUBACK = const(4)
_SUBACK = const(9)
_PINGRESP = const(13)
_IO_MS = const(20000)  # a broker that takes longer to answer is gone
_TOPIC_BYTES = const(96)


class MqttError(OSError):
    """The connection has failed; open a new one."""


def packet(first, body, more=0):
    """Type and flags, remaining length (2.2), body; `more` bytes of the packet follow separately."""
    out = bytearray((first,))
    length = len(body) + more
    while length > 127:
        out.append(length & 127 | 128)
        length >>= 7
    out.append(length)
    return bytes(out) + body


def text(value):
    """A UTF-8 string with its length (1.5.3)."""
    data = value.encode()
    return struct.pack(">H", len(data)) + data


class MqttClient:
    """`await on_message(topic, payload, length)` for each message; payload is None if it was too long to read."""

    retained = 0  # whether the message at hand was kept by the broker, and not sent just now (3.3.1.3)

    def __init__(self, stream, keepalive_s, max_bytes, on_message):
        self._stream = stream
        self._ping_every_ms = keepalive_s * 500
        self._max_bytes = max_bytes
        self._on_message = on_message
        self._writing = asyncio.Lock()
        self._unacked = {}  # packet id -> (sent ms, event or None)
        self._packet_id = 0
        self._failure = self._pinged_ms = None
        self._wrote_ms = time.ticks_ms()
        self._listener = asyncio.create_task(self._listen())

    async def publish(self, topic, payload, retain=False):
        """Publish with QoS 1 and wait for the broker's PUBACK. A list is a payload in parts, for want of room."""
        await self.confirmed(0x32 | retain, text(topic), payload)

    async def post(self, topic, payload):
        """Publish with QoS 1 without waiting: `check` notices a PUBACK that does not come."""
        await self._send(0x32, text(topic), payload, None)

    async def confirmed(self, first, head, payload):
        """Send a packet with an identifier between `head` and `payload`; wait until the broker acknowledges it."""
        done = asyncio.Event()
        await self._send(first, head, payload, done)
        try:
            await asyncio.wait_for_ms(done.wait(), _IO_MS)
        except asyncio.TimeoutError:
            raise MqttError("the broker did not acknowledge a packet") from None
        if self._failure:
            raise self._failure

    async def check(self):
        """Call at least every second: keeps the connection alive, and raises MqttError once it is not."""
        if self._failure:
            raise self._failure
        now = time.ticks_ms()
        for sent_ms, _ in self._unacked.values():
            if time.ticks_diff(now, sent_ms) > _IO_MS:
                raise MqttError("the broker did not acknowledge a packet")
        if self._pinged_ms is not None:
            if time.ticks_diff(now, self._pinged_ms) > _IO_MS:
                raise MqttError("the broker did not answer a ping")
        elif time.ticks_diff(now, self._wrote_ms) > self._ping_every_ms:
            self._pinged_ms = now
            await self._write(b"\xc0\x00")  # PINGREQ (3.12)

    async def close(self):
        """Take leave if the connection still works, then close it."""
        self._listener.cancel()
        try:
            if not self._failure:
                await self._write(b"\xe0\x00")  # DISCONNECT (3.14)
        except OSError:
            pass
        finally:
            self._stream.close()
            await self._stream.wait_closed()

    async def _send(self, first, head, payload, done):
        while True:
            self._packet_id = self._packet_id % 65535 + 1
            if self._packet_id not in self._unacked:
                break
        head += struct.pack(">H", self._packet_id)
        self._unacked[self._packet_id] = (time.ticks_ms(), done)
        parts = payload if isinstance(payload, list) else (payload,)
        await self._write(packet(first, head, sum([len(part) for part in parts])), parts)

    async def _write(self, head, parts=()):
        self._wrote_ms = time.ticks_ms()
        async with self._writing:
            try:
                await asyncio.wait_for_ms(self._put(head, parts), _IO_MS)
            except asyncio.TimeoutError:
                raise MqttError("the broker takes no more bytes") from None

    async def _put(self, head, parts):
        self._stream.write(head)
        for part in parts:
            self._stream.write(part)
            await self._stream.drain()
        await self._stream.drain()

    async def _listen(self):
        try:
            while True:
                await self._packet()
        except Exception as e:  # whatever it was, nobody listens any more
            self._failure = MqttError("the connection has ended" if isinstance(e, EOFError) else str(e))
            for _, done in self._unacked.values():
                if done:
                    done.set()

    async def _packet(self):
        read = self._stream.readexactly
        first = (await read(1))[0]
        net.heard()
        kind = first >> 4
        length = shift = 0
        while True:
            digit = (await read(1))[0]
            length |= (digit & 127) << shift
            shift += 7
            if not digit & 128:
                break
            if shift > 21:
                raise ValueError("the broker sent a length that is none")
        if kind == _PUBLISH:
            self.retained = first & 1
            await self._incoming(first >> 1 & 3, length)
        elif kind in (_PUBACK, _SUBACK) and 2 <= length <= 66:
            body = await read(length)
            _, done = self._unacked.pop(body[0] << 8 | body[1], (0, None))
            if kind == _SUBACK and 0x80 in body[2:]:
                raise ValueError("the broker refused a subscription")
            if done:
                done.set()
        elif kind == _PINGRESP and not length:
            self._pinged_ms = None
        else:
            raise ValueError("the broker sent a packet of type %d" % kind)

    async def _incoming(self, qos, length):
        """A PUBLISH (3.3); its PUBACK (3.4) is sent once the message has been acted on."""
        read = self._stream.readexactly
        topic_bytes = struct.unpack(">H", await read(2))[0]
        length -= 2 + topic_bytes + (2 if qos else 0)
        if topic_bytes > _TOPIC_BYTES or qos == 3 or length < 0:
            raise ValueError("the broker sent a PUBLISH that is none")
        topic = (await read(topic_bytes)).decode()
        packet_id = await read(2) if qos else None
        await self._on_message(topic, await self._payload(length), length)
        if packet_id:
            await self._write(b"\x40\x02" + packet_id)

    async def _payload(self, length):
        """The payload, or None after passing over one that is too long or does not fit into memory."""
        buffer = None
        if length <= self._max_bytes:
            try:
                buffer = bytearray(length)
            except MemoryError:
                pass
        view = memoryview(bytearray(256) if buffer is None else buffer)
        at = 0
        while length:
            got = await self._stream.readinto(view[at : at + length])
            if got == 0:
                raise EOFError
            length -= got or 0
            if buffer is not None:
                at += got or 0
        return buffer
