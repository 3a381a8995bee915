"""Signatures: what tells one device from another, as the profiles have it under `known`. All its rows must hold:

{"fc", "addr", "type", "low", "high"}   a number within; one with "unit" is asked of that unit of the same device
{"fc", "addr", "size", "text"}          a text that begins so
{"vendor", "product"}                   device identification (43/14) that begins so
{"model"} or {"absent"}                 one, or none, of these SunSpec models
"""

from osb_box import forget
from osb_box.bus import BusError
from osb_box.devices.registers import number, text
from osb_box.setup import catalogue

_WORDS = {"u16": 1, "s16": 1, "u32": 2, "s32": 2, "f32": 2}


def candidates(line):
    """(profile, title, rows) of each that may hang on a bus of type `line`, one after the other from flash."""
    for name, title, own, bus, _, known in catalogue.profiles():
        # a gateway brings a serial line onto the network, and SunSpec devices speak both
        if known and (line == "tcp" or own == line or bus == "sunspec"):
            yield name, title, known


class Look:
    """What a unit tells, each thing asked once. `ask(unit, fc, addr, count)` reads; `identity` is {0: vendor, ...}."""

    def __init__(self, unit, ask, identity):
        self._unit = unit
        self._ask = ask
        self._identity = identity
        self._told = {}
        self._models = None

    async def matches(self, rows):
        for row in rows:
            if not await self._holds(row):
                return False
        return True

    async def _holds(self, row):
        if "vendor" in row:
            told = self._identity or {}
            return told.get(0, "").startswith(row["vendor"]) and told.get(1, "").startswith(row.get("product", ""))
        if "fc" in row:
            count = row.get("size") or _WORDS[row["type"]]
            data = await self._registers(row.get("unit", self._unit), row["fc"], row["addr"], count)
            if data is None:
                return False
            if "text" in row:
                return text(data).startswith(row["text"])
            return row["low"] <= number(row["type"], data, 0) <= row["high"]
        models = await self._sunspec()
        if "model" in row:
            return any([model in models for model in row["model"]])
        return not any([model in models for model in row["absent"]])

    async def _registers(self, *place):
        """Bytes, or None where the device refuses or falls silent."""
        if place not in self._told:
            try:
                self._told[place] = await self._ask(*place)
            except BusError:
                self._told[place] = None
        return self._told[place]

    async def _sunspec(self):
        """SunSpec models of the device, {} if it is none."""
        if self._models is None:
            from osb_box.devices.models import discover

            async def read(fc, addr, count):
                return await self._ask(self._unit, fc, addr, count)

            try:
                self._models = await discover(read)
            except BusError:
                self._models = {}
            finally:
                forget("osb_box.devices.models")
        return self._models
