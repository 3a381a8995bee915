"""The box in the household's own Home Assistant: MQTT discovery, values as they change, the override as a thermostat.

Only there if the configuration names a broker.
"""

import asyncio

from micropython import const

from osb_box import forget, loaded, rested
from osb_box.clock import next_multiple
from osb_box.decimal import decimal
from osb_box.link.mqtt import MqttClient

_MAX_BYTES = const(64)  # a command is a number or a word
_OVERRIDE_MIN = const(180)
_PARTS = {"mC": 1000, "mV": 1000, "mA": 1000, "pm": 10}  # of a point in one of Home Assistant's unit


class HomeAssistant:
    """`broker` as the configuration has it; a value that is not renewed for `expire_s` is unavailable there."""

    def __init__(self, broker, box_id, cycle, expire_s):
        self.last_error = None
        self._broker = broker
        self._id = box_id
        self._cycle = cycle
        self._expire_s = expire_s
        self._prefix = broker["prefix"] or "homeassistant"
        self._news = asyncio.Event()
        self._client = None

    def news(self):
        """There are new measurements."""
        self._news.set()

    async def run(self, pulse):
        """Be connected; if not, try again at each multiple of retry_s of clock time."""
        clock = self._cycle.clock
        while True:
            try:
                await self._connect()
                pulse.rest()
                await self._serve(pulse)
            except (OSError, EOFError, MemoryError) as e:
                self.last_error = str(e)
            finally:
                client, self._client = self._client, None
                if client:
                    try:
                        await client.close()
                    except OSError:
                        pass
            await pulse.sleep_until(next_multiple(clock.now() + 1, self._broker["retry_s"]))

    async def _connect(self):
        base = "osb/" + self._id + "/"
        try:
            opening = await rested(loaded("osb_box.link.", "opening"))
            stream = await opening.open_stream(self._broker, self._id + "-ha", base + "online", b"offline")
            self._client = MqttClient(stream, self._broker["keepalive_s"], _MAX_BYTES, self._receive)
            topics = [base + "heating/target/set", base + "heating/mode/set"]
            await self._client.confirmed(0x82, b"", opening.subscriptions(topics))
        finally:
            opening = None
            forget("osb_box.link.opening")
        self._announced = set()
        self._told = {}
        if "heat_pump" in self._cycle.controller.accounts:
            try:
                discovery = await rested(loaded("osb_box.link.", "discovery"))
                await self._client.publish(*discovery.heating(self._prefix, self._id), True)
            finally:
                discovery = None
                forget("osb_box.link.discovery")
        await self._client.publish(base + "online", b"online", True)
        self.last_error = None

    async def _serve(self, pulse):
        while True:
            pulse.beat()
            if self._news.is_set():
                self._news.clear()
                await self._tell()
            await self._client.check()
            try:
                await asyncio.wait_for_ms(self._news.wait(), 500)
            except asyncio.TimeoutError:
                pass

    async def _tell(self):
        """Publish good values that have changed, and all of them before they would expire there."""
        cycle = self._cycle
        now = cycle.clock.now()
        discovery = None
        try:
            for name in cycle.points.names():
                _, value, unit, quality, _ = cycle.points.row(name, now)
                if quality != "good":
                    continue
                if name not in self._announced:
                    if not discovery:
                        discovery = await rested(loaded("osb_box.link.", "discovery"))
                    self._announced.add(name)
                    entity = discovery.sensor(self._prefix, self._id, name, unit, self._expire_s)
                    await self._client.publish(*entity, True)
                await self._tell_one(name.replace(".", "/"), decimal(value, _PARTS.get(unit, 1)), now)
        finally:
            if discovery:
                discovery = None
                forget("osb_box.link.discovery")
        if "heat_pump" in cycle.controller.accounts:
            band = cycle.controller.band
            await self._tell_one("heating/target", decimal(band.target(now), 1000), now)
            await self._tell_one("heating/mode", "heat" if band.overridden(now) else "auto", now)

    async def _tell_one(self, what, text, now):
        told = self._told.get(what)
        if told is None or told[0] != text or not 0 <= now - told[1] < self._expire_s // 2:
            self._told[what] = text, now
            await self._client.post("osb/%s/%s" % (self._id, what), text.encode())

    async def _receive(self, topic, payload, length):
        """A wish of the household. What cannot be meant is left alone, and Home Assistant shows what is in force.

        What the broker kept was meant once: it would be a wish again at each new connection.
        """
        if self._client.retained:
            return
        cycle = self._cycle
        now = cycle.clock.now()
        try:
            word = payload.decode() if payload else ""
            if topic.endswith("/heating/target/set"):
                cycle.controller.override(int(float(word) * 10 + 0.5) * 100, _OVERRIDE_MIN, now)
            elif word == "auto":
                cycle.controller.override(0, 0, now)
            elif word == "heat":
                cycle.controller.override(cycle.controller.band.target(now), _OVERRIDE_MIN, now)
            else:
                raise ValueError("must be auto or heat, not " + word)
        except ValueError as e:
            self.last_error = "%s: %s" % (topic, e)
        else:
            cycle.kick(keep=True)
        self._told.pop("heating/target", None)  # the wish is answered with what holds now
        self._told.pop("heating/mode", None)
        self._news.set()
