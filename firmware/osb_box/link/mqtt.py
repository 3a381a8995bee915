"""An MQTT 3.1.1 client for one broker connection: QoS 1 out, QoS 0 and 1 in, all time-outs in wall time."""

import asyncio
import time

from micropython import const

from osb_box.link import packets
from osb_box.link.dial import dial

_IO_MS = const(20000)  # a broker that takes longer to answer is gone
_TOPIC_BYTES = const(96)
_REFUSED = ("", "protocol version", "client id", "broker unavailable", "user or password", "not authorised")


class MqttError(OSError):
    """The connection has failed; open a new one."""


class MqttClient:
    """`on_message(topic, payload, length)` is called for each message; payload is None if it was too long to read."""

    def __init__(self, max_bytes, on_message):
        self.skipped = 0  # messages that were too long
        self._max_bytes = max_bytes
        self._on_message = on_message
        self._stream = None
        self._writing = asyncio.Lock()
        self._unacked = {}  # packet id -> [sent ms, event or None]
        self._packet_id = 0
        self._listener = None
        self._failure = None
        self._pinged_ms = None

    async def connect(self, host, port, client_id, user, password, keepalive_s, will_topic, will):
        """Open the connection and introduce ourselves; OSError where the broker is not there or refuses."""
        self._stream = await dial(host, port, _IO_MS)
        self._ping_every_ms = keepalive_s * 500
        await self._write(packets.connect(client_id, keepalive_s, user, password, will_topic, will))
        try:
            answer = await asyncio.wait_for_ms(self._stream.readexactly(4), _IO_MS)
        except (asyncio.TimeoutError, EOFError):
            raise MqttError("the broker did not answer CONNECT") from None
        if answer[0] >> 4 != packets.CONNACK or answer[1] != 2:
            raise MqttError("the broker answered CONNECT with " + repr(answer))
        if answer[3]:
            reason = _REFUSED[answer[3]] if answer[3] < len(_REFUSED) else "code %d" % answer[3]
            raise MqttError("the broker refused the connection: " + reason)
        self._listener = asyncio.create_task(self._listen())

    async def subscribe(self, topics):
        """Subscribe with QoS 1 and wait for the broker's SUBACK."""
        packet_id = self._next_id()
        await self._confirmed(packet_id, packets.subscribe(packet_id, topics), b"")

    async def publish(self, topic, payload, retain=False):
        """Publish with QoS 1 and wait for the broker's PUBACK."""
        packet_id = self._next_id()
        await self._confirmed(packet_id, packets.publish_head(packet_id, topic, len(payload), retain), payload)

    async def post(self, topic, payload):
        """Publish with QoS 1 without waiting: `check` notices a PUBACK that does not come."""
        packet_id = self._next_id()
        self._unacked[packet_id] = [time.ticks_ms(), None]
        await self._write(packets.publish_head(packet_id, topic, len(payload), False), payload)

    async def check(self):
        """Call at least every second: keeps the connection alive, and raises MqttError once it is not."""
        if self._failure:
            raise self._failure
        now = time.ticks_ms()
        for packet_id, waiting in self._unacked.items():
            if time.ticks_diff(now, waiting[0]) > _IO_MS:
                raise MqttError("the broker did not acknowledge packet %d" % packet_id)
        if self._pinged_ms is not None:
            if time.ticks_diff(now, self._pinged_ms) > _IO_MS:
                raise MqttError("the broker did not answer a ping")
        elif time.ticks_diff(now, self._wrote_ms) > self._ping_every_ms:
            self._pinged_ms = now
            await self._write(packets.PINGREQ)

    async def close(self):
        """Take leave if the connection still works, then close it."""
        if self._listener:
            self._listener.cancel()
            self._listener = None
        if self._stream:
            if not self._failure:
                try:
                    await self._write(packets.DISCONNECT)
                except OSError:
                    pass
            self._stream.close()
            await self._stream.wait_closed()
            self._stream = None

    def _next_id(self):
        while True:
            self._packet_id = self._packet_id % 65535 + 1
            if self._packet_id not in self._unacked:
                return self._packet_id

    async def _confirmed(self, packet_id, head, payload):
        done = asyncio.Event()
        self._unacked[packet_id] = [time.ticks_ms(), done]
        await self._write(head, payload)
        try:
            await asyncio.wait_for_ms(done.wait(), _IO_MS)
        except asyncio.TimeoutError:
            raise MqttError("the broker did not acknowledge packet %d" % packet_id) from None
        if self._failure:
            raise self._failure

    async def _write(self, head, payload=b""):
        self._wrote_ms = time.ticks_ms()
        async with self._writing:
            try:
                self._stream.write(head)
                if payload:
                    self._stream.write(payload)
                await asyncio.wait_for_ms(self._stream.drain(), _IO_MS)
            except asyncio.TimeoutError:
                raise MqttError("the broker takes no more bytes") from None

    async def _listen(self):
        try:
            while True:
                await self._packet()
        except Exception as e:  # whatever it was, nobody listens any more
            self._failure = MqttError("the connection has ended" if isinstance(e, EOFError) else str(e))
            for waiting in self._unacked.values():
                if waiting[1]:
                    waiting[1].set()

    async def _packet(self):
        first = (await self._stream.readexactly(1))[0]
        length = shift = 0
        while True:
            digit = (await self._stream.readexactly(1))[0]
            length |= (digit & 127) << shift
            shift += 7
            if not digit & 128:
                break
            if shift > 21:
                raise ValueError("the broker sent a length that is none")
        kind = first >> 4
        if kind == packets.PUBLISH:
            await self._incoming(first, length)
        elif kind in (packets.PUBACK, packets.SUBACK) and 2 <= length <= 66:
            body = await self._stream.readexactly(length)
            waiting = self._unacked.pop(body[0] << 8 | body[1], None)
            if kind == packets.SUBACK and 0x80 in body[2:]:
                raise ValueError("the broker refused a subscription")
            if waiting and waiting[1]:
                waiting[1].set()
        elif kind == packets.PINGRESP and length == 0:
            self._pinged_ms = None
        else:
            raise ValueError("the broker sent a packet of type %d with %d bytes" % (kind, length))

    async def _incoming(self, first, length):
        size = await self._stream.readexactly(2)
        topic_bytes = size[0] << 8 | size[1]
        qos = first >> 1 & 3
        length -= 2 + topic_bytes + (2 if qos else 0)
        if topic_bytes > _TOPIC_BYTES or qos == 3 or length < 0:
            raise ValueError("the broker sent a PUBLISH that is none")
        topic = (await self._stream.readexactly(topic_bytes)).decode()
        packet_id = await self._stream.readexactly(2) if qos else None
        payload = await self._payload(length)
        if payload is None:
            self.skipped += 1
        self._on_message(topic, payload, length)
        if packet_id:
            await self._write(packets.puback(packet_id[0] << 8 | packet_id[1]))

    async def _payload(self, length):
        """The payload, or None after passing over one that is too long or does not fit into memory."""
        if length <= self._max_bytes:
            try:
                buffer = bytearray(length)
            except MemoryError:
                buffer = None
            if buffer is not None:
                await self._fill(memoryview(buffer))
                return buffer
        scrap = memoryview(bytearray(256))
        while length:
            part = min(length, 256)
            await self._fill(scrap[:part])
            length -= part
        return None

    async def _fill(self, view):
        at = 0
        while at < len(view):
            got = await self._stream.readinto(view[at:])
            if got == 0:
                raise EOFError
            at += got or 0
