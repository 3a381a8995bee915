"""The hub session: connects on schedule, hands over the outbox, and passes on what the hub says.

The hub's own receipt clears the outbox, never the broker's PUBACK: a broker has been seen to acknowledge what it drops.
"""

import asyncio
import gc
import json
import time

from micropython import const

from osb_box import forget, loaded, rested, said
from osb_box.clock import next_multiple
from osb_box.link.mqtt import MqttClient
from osb_wire import VERSION

_MAX_BYTES = const(16384)  # longest message from the hub that is read: a plan for four days is 4 kB
_WINDOW = const(16)  # records on the wire without a receipt
_HOLD_MS = const(3000)  # lockstep time waits this long for a receipt
_RESEND_MS = 10000  # without a receipt, the oldest is sent again: first after this, then after twice that ...
_RESEND_MOST_MS = const(60000)
_PATIENCE = const(3)  # attempts for which a TLS link waits for a time server
_REPLIES = const(8)  # kept while there is no connection
_OLDEST = const(1500000000)  # what a time may be
_MOST = const(4102444800)


class Session:
    """`desk` speaks for the box: await offer(now), its JSON in parts, or None; await hear(kind, message) -> reply or
    None; who it is.
    """

    _patience = _PATIENCE

    def __init__(self, hub, box_id, clock, outbox, desk):
        self.connected = False
        self.last_error = None
        self.refused = 0  # messages from the hub that broke the contract
        self.last_refused = None
        self._hub = hub
        self._id = box_id
        self._prefix = "osb/v%d/%s/" % (VERSION, box_id)
        self._clock = clock
        self._outbox = outbox
        self._desk = desk
        self._client = None
        self._work = asyncio.Event()
        self._offer = None
        self._replies = []
        self._in_flight = []  # (epoch, seq) sent and not yet acknowledged by the hub
        self._holding = False
        self._stalled = False
        self._progress()
        self._take_room()

    async def run(self, pulse):
        """Be connected; if not, try again at each multiple of retry_s of clock time."""
        while True:
            try:
                await self._connect()
                pulse.rest()
                await self._serve(pulse)
            except (OSError, EOFError, MemoryError) as e:
                if str(e) != self.last_error:
                    self.last_error = str(e)
                    said.say("hub: " + self.last_error)
            finally:
                await self._disconnect()
            await pulse.sleep_until(next_multiple(self._clock.now() + 1, self._hub["retry_s"]))

    def offer(self, parts):
        """Publish this offer before any telemetry that is recorded from now on: its JSON in parts."""
        self._offer = parts
        self._work.set()

    def reply(self, message, kind="reply"):
        """Publish a reply, now or as soon as there is a connection."""
        self._replies.append((kind, json.dumps(message).encode()))
        if len(self._replies) > _REPLIES:
            self._replies.pop(0)
        self._work.set()

    def telemetry_ready(self):
        """The outbox has a new record. Lockstep time waits for its receipt, unless receipts have ceased to come."""
        if self.connected and not self._stalled:
            self._hold()
        self._work.set()

    async def _connect(self):
        hub, now = self._hub, self._clock.now()
        if hub["ca"] and not self._clock.known and self._patience:
            self._patience -= 1  # a certificate may be younger than the last time known
            raise OSError("the time is not known yet")
        try:
            opening = await rested(loaded("osb_box.link.", "opening"))
            will = opening.status(now, "offline", "connection lost")
            stream = await opening.open_stream(hub, self._id, self._prefix + "status", will)
            self._client = MqttClient(stream, hub["keepalive_s"], _MAX_BYTES, self._receive)
            await opening.introduce(self._client, self._id, self._desk, now)
        finally:
            opening = None
            forget("osb_box.link.opening")
        offer = await self._desk.offer(now)
        if offer:
            self.offer(offer)
        self.connected = True
        self.last_error = None
        said.say("hub: connected")
        self._stalled = False
        self._progress()
        if self._outbox.pending():
            self._hold()

    async def _serve(self, pulse):
        while True:
            pulse.beat()
            self._work.clear()
            await self._send()
            self._watch_receipts()
            await self._client.check()
            try:
                await asyncio.wait_for_ms(self._work.wait(), 500)
            except asyncio.TimeoutError:
                pass

    async def _send(self):
        """Replies, then the offer, then telemetry: a receipt implies that the hub has had the offer."""
        prefix, client = self._prefix, self._client
        while self._replies:
            kind, payload = self._replies[0]
            await client.publish(prefix + kind, payload)
            self._replies.pop(0)
        if self._offer:
            offer, self._offer = self._offer, None
            await client.publish(prefix + "offer", offer)
        while len(self._in_flight) < _WINDOW:
            record = self._outbox.next_message()
            if record is None:
                return
            if not self._in_flight:
                self._progress_ms = time.ticks_ms()
            self._in_flight.append(record[:2])
            await client.post(prefix + "telemetry", record[2])

    async def _disconnect(self):
        self.connected = False
        self._release()
        self._offer = None
        self._resend()
        client, self._client = self._client, None
        if client:
            try:
                await client.close()
            except OSError:
                pass
        client = None
        self._take_room()

    def _take_room(self):
        """Keep a place for the memory of TLS while there is none: 16 kB of it are in one piece, which would come to lie
        above all that is needed to make a connection, and part what is free.
        """
        hub = self._hub
        if hub.get("tls_bytes") and not hub.get("room"):
            gc.collect()
            try:
                hub["room"] = bytearray(hub["tls_bytes"])  # secured.py gives it back
            except MemoryError:
                hub["room"] = None

    async def _receive(self, topic, payload, length):
        """A message from the hub. One that breaks the contract is dropped, counted and named."""
        kind = topic[topic.rfind("/") + 1 :]
        try:
            if payload is None:
                raise ValueError("%s: has %d bytes, at most %d are read" % (kind, length, _MAX_BYTES))
            if kind == "receipt":  # one a pass: not worth what the others need
                message = _read_receipt(payload)
                self._hint(message)
                self._receipt(message["epoch"], message["seq"])
            else:
                await self._hear(kind, payload)
        except (ValueError, MemoryError) as e:
            self.refused += 1
            self.last_refused = "%s: %s" % (topic, str(e) or "does not fit into memory")
            said.say("refused: " + self.last_refused)

    async def _hear(self, kind, payload):
        self._clock.hold("heard")  # until it is acted on: meanwhile others have their turn
        try:
            message = await _read(kind, payload)
            self._hint(message)
            answer = await self._desk.hear(kind, message)
            if answer:
                self.reply(answer)
        finally:
            self._clock.release("heard")

    def _hint(self, message):
        if self._hub["ca"] and not self._clock.known:  # over TLS we know who says so
            self._clock.hint(message.get("t", 0))

    def _receipt(self, epoch, seq):
        if not self._outbox.ack(epoch, seq):
            return
        self._in_flight = [sent for sent in self._in_flight if sent[0] != epoch or sent[1] > seq]
        self._stalled = False
        self._progress()
        if not self._outbox.pending():
            self._release()
        self._work.set()

    def _progress(self):
        self._progress_ms = time.ticks_ms()
        self._resend_ms = _RESEND_MS

    def _watch_receipts(self):
        waited_ms = time.ticks_diff(time.ticks_ms(), self._progress_ms)
        if self._holding and waited_ms > _HOLD_MS:
            self._stalled = True
            self._release()
        if self._in_flight and waited_ms > self._resend_ms:
            self._resend()
            self._progress_ms = time.ticks_ms()
            self._resend_ms = min(2 * self._resend_ms, _RESEND_MOST_MS)

    def _resend(self):
        self._in_flight = []
        self._outbox.rewind()

    def _hold(self):
        if not self._holding:
            self._holding = True
            self._progress_ms = time.ticks_ms()
            self._clock.hold("receipt")

    def _release(self):
        self._holding = False
        self._clock.release("receipt")


def _read_receipt(payload):
    """What a receipt says, by the bounds of from_hub.py; ValueError. Fields that are not known are left alone."""
    try:
        message = json.loads(bytes(payload).decode())
        epoch, seq = message["epoch"], message["seq"]
    except (ValueError, RuntimeError, TypeError, KeyError):  # as in codec.py, or no object that has both
        epoch = seq = None
    if not (type(epoch) is int is type(seq) and _OLDEST <= epoch <= _MOST and 0 <= seq <= 2147483648):
        raise ValueError("must have the epoch and seq of a record")
    return message


async def _read(kind, payload):
    """A message that keeps the contract; ValueError. Tables and what reads them are needed some times an hour."""
    try:
        rare = ("agreed",) if kind in ("limit", "terms") else ()
        module = await rested(loaded("osb_wire.", "terms", "fields", "codec", *rare, "from_hub"))
        return module.read_from_hub(kind, payload)
    finally:
        module = None
        forget("osb_wire.from_hub", "osb_wire.agreed", "osb_wire.codec", "osb_wire.fields", "osb_wire.terms")
