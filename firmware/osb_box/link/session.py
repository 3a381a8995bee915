"""The hub session: connects on schedule, hands over the outbox, and passes on what the hub says.

The hub's own receipt clears the outbox, never the broker's PUBACK: a broker has been seen to acknowledge what it drops.
"""

import asyncio
import json
import time

from micropython import const

from osb_box.clock import next_multiple
from osb_box.link.mqtt import MqttClient
from osb_wire import codec, topics
from osb_wire.fields import WireError
from osb_wire.from_hub import HUB_TO_BOX

MAX_BYTES = 16384  # longest message from the hub that is read: a plan for four days is 4 kB
_WINDOW = const(16)  # records on the wire without a receipt
_HOLD_MS = const(3000)  # lockstep time waits this long for a receipt
_RESEND_MS = 10000  # without a receipt, the oldest is sent again: first after this, then after twice that ...
_RESEND_MOST_MS = const(60000)
_REPLIES = const(8)  # kept while there is no connection


class Session:
    """`desk` speaks for the box: hello(now), offer(now) or None, receive(kind, message) -> reply or None."""

    def __init__(self, hub, box_id, clock, outbox, desk):
        self.connected = False
        self.last_error = None
        self.refused = 0  # messages from the hub that broke the contract
        self.last_refused = None
        self._hub = hub
        self._id = box_id
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
        self._progress_ms = 0
        self._resend_ms = _RESEND_MS

    async def run(self, pulse):
        """Be connected; if not, try again at each multiple of retry_s of clock time."""
        while True:
            try:
                await self._connect()
                pulse.let_time_pass()
                await self._serve(pulse)
            except (OSError, EOFError) as e:
                self.last_error = str(e)
            finally:
                await self._disconnect()
            await pulse.sleep_until(next_multiple(self._clock.now() + 1, self._hub["retry_s"]))

    def offer(self, message):
        """Publish this offer before any telemetry that is recorded from now on."""
        self._offer = json.dumps(message).encode()
        self._work.set()

    def reply(self, message):
        """Publish a reply, now or as soon as there is a connection."""
        self._replies.append(json.dumps(message).encode())
        if len(self._replies) > _REPLIES:
            self._replies.pop(0)
        self._work.set()

    def telemetry_ready(self):
        """The outbox has a new record. Lockstep time waits for its receipt, unless receipts have ceased to come."""
        if self.connected and not self._stalled:
            self._hold()
        self._work.set()

    def state(self):
        """What the local API tells about the link."""
        return {
            "connected": self.connected,
            "last_error": self.last_error,
            "refused": self.refused,
            "last_refused": self.last_refused,
        }

    async def _connect(self):
        hub, now = self._hub, self._clock.now()
        self._client = MqttClient(MAX_BYTES, self._receive)
        status = self._topic("status")
        will = self._status(now, "offline", "connection lost")
        await self._client.connect(
            hub["host"], hub["port"], self._id, hub["user"], hub["password"], hub["keepalive_s"], status, will
        )
        await self._client.subscribe(topics.to_box(self._id))
        await self._client.publish(status, self._status(now, "online", "connected"), retain=True)
        await self._client.publish(self._topic("hello"), json.dumps(self._desk.hello(now)).encode())
        offer = self._desk.offer(now)
        if offer:
            self.offer(offer)
        self.connected = True
        self.last_error = None
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
        while self._replies:
            await self._client.publish(self._topic("reply"), self._replies[0])
            self._replies.pop(0)
        if self._offer:
            offer, self._offer = self._offer, None
            await self._client.publish(self._topic("offer"), offer)
        while len(self._in_flight) < _WINDOW:
            record = self._outbox.next_message()
            if record is None:
                return
            if not self._in_flight:
                self._progress_ms = time.ticks_ms()
            self._in_flight.append(record[:2])
            await self._client.post(self._topic("telemetry"), record[2])

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

    def _receive(self, topic, payload, length):
        """A message from the hub. One that breaks the contract is dropped, counted and named."""
        try:
            kind = topics.parse(topic)[1]
            if payload is None:
                raise WireError(kind, "has %d bytes, at most %d are read" % (length, MAX_BYTES))
            if kind not in HUB_TO_BOX:
                raise WireError(kind, "is not for a box")
            message = codec.read(HUB_TO_BOX[kind], payload)
        except (WireError, MemoryError) as e:
            self.refused += 1
            self.last_refused = "%s: %s" % (topic, str(e) or "does not fit into memory")
            return
        if kind == "receipt":
            self._receipt(message["epoch"], message["seq"])
            return
        answer = self._desk.receive(kind, message)
        if answer:
            self.reply(answer)

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

    def _topic(self, kind):
        return topics.topic(self._id, kind)

    def _status(self, now, state, reason):
        return json.dumps({"t": now, "state": state, "reason": reason}).encode()
