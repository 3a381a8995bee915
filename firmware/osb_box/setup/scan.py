"""Who is on a bus: it only ever reads (functions 3 and 4, and 43/14), and steps aside for the regular sweep.

One question at a time, none while a pass of the cycle is under way: a pass that begins waits for one question at most.
"""

import asyncio
import gc
import sys

from micropython import const

from osb_box.bus import BusError
from osb_box.bus.identify import identify
from osb_box.setup.known import Look, candidates

QUICK = {"rtu": (1, 32), "tcp": (1, 3)}  # units that are asked unless somebody wants more
_MORE_TCP = (100, 126, 200, 240, 247, 255)  # addresses that makers of network devices have chosen
_LAST = {"rtu": 247, "tcp": 247}
_ANSWER_MS = {"rtu": 200, "tcp": 600}
_REST_MS = const(10)  # between two questions
_MOST_FOUND = const(40)
_TRIES = const(5)
_AGAIN_MS = const(200)


def units(line, first=None, last=None):
    """Addresses to ask on a bus of this type; ValueError, a sentence, for those that cannot be."""
    if first is None:
        quick = list(range(QUICK[line][0], QUICK[line][1] + 1))
        return quick + (list(_MORE_TCP) if line == "tcp" else [])
    if not 1 <= first <= last <= 255 or (line == "rtu" and last > 247):
        raise ValueError("units: must be a first and a last address within 1..247")
    return list(range(first, last + 1))


class Scan:
    """`buses` is [(baud or None, bus)] of one line. `cycle.scan` is this while it runs, and then what it found."""

    def __init__(self, cycle, name, line, buses, addresses):
        self.name = name
        self.found = []
        self.done = 0
        self.of = len(addresses) * len(buses)
        self.error = None
        self.questions = 0
        self._line = line
        self._buses = buses
        self._units = addresses
        self._cycle = cycle
        self._answer_ms = _ANSWER_MS[line]
        self._silent = 0
        self._task = asyncio.create_task(self._run())
        self.running = True

    def state(self):
        """For the page."""
        state = {"running": self.running, "bus": self.name, "done": self.done, "of": self.of, "found": self.found}
        state["asked"] = self.questions
        if self.error:
            state["error"] = self.error
        return state

    def cancel(self):
        """Leave it at what was found."""
        if self.running:
            self._task.cancel()

    async def _run(self):
        try:
            for baud, bus in self._buses:
                for unit in self._units:
                    if len(self.found) < _MOST_FOUND:
                        await self._try(bus, baud, unit)
                    self.done += 1
            if self._line == "tcp" and self._silent * 4 < len(self._units):  # one late answer proves nothing
                self._one_for_all()
        except BusError as e:
            self.error = str(e)
        except Exception as e:
            sys.print_exception(e)
            self.error = "%s: %s" % (type(e).__name__, e)
        finally:
            for baud, bus in self._buses:
                if baud:
                    bus.close()
            self.running = False
            if self._cycle.scan is self:
                self._cycle.scan = self.state()  # the code that made it leaves memory

    async def _turn(self):
        """Wait for a moment at which nobody else needs the bus."""
        self.questions += 1
        await asyncio.sleep_ms(_REST_MS)
        while self._cycle.busy:
            await asyncio.sleep_ms(_REST_MS)

    async def _try(self, bus, baud, unit):
        """Look; where the page's answer has the memory just now, once more from the start."""
        for left in range(_TRIES - 1, -1, -1):
            known = len(self.found)
            try:
                return await self._look(bus, baud, unit)
            except MemoryError:
                if not left:
                    raise
            del self.found[known:]
            gc.collect()
            await asyncio.sleep_ms(_AGAIN_MS)

    async def _look(self, bus, baud, unit):
        async def ask(whom, fc, addr, count):
            await self._turn()
            return await bus.read(whom, fc, addr, count, self._answer_ms)

        if not await _there(ask, unit):
            self._silent += 1
            return
        identity = None
        try:
            await self._turn()
            identity = await identify(bus, unit, self._answer_ms)
        except BusError as e:
            if e.kind == "closed":
                raise
        look = Look(unit, ask, identity)
        some = False
        for profile, title, rows in candidates(self._line):
            await asyncio.sleep_ms(0)
            if await look.matches(rows):
                self._add(unit, baud, profile, title)
                some = True
        if not some:
            told = identity or {}
            name = ("%s %s" % (told.get(0, ""), told.get(1, ""))).strip()
            self._add(unit, baud, None, name or "a Modbus device that does not tell its name")

    def _add(self, unit, baud, profile, title):
        found = {"bus": self.name, "unit": unit, "profile": profile, "title": title}
        if baud:
            found["baud"] = baud
        self.found.append(found)

    def _one_for_all(self):
        """Nearly every unit answered: it is one device that does not look at the address."""
        first = self.found[0]["unit"] if self.found else None
        mine = [None] + [found["profile"] for found in self.found if found["unit"] == first]
        if all([found["profile"] in mine for found in self.found]):
            self.found = [found for found in self.found if found["unit"] == first]


async def _there(ask, unit):
    """Whether anybody answers at this address, be it with a refusal or with noise."""
    for fc, count in ((3, 1), (4, 2)):
        try:
            await ask(unit, fc, 0, count)
            return True
        except BusError as e:
            if e.kind == "closed":
                raise
            if e.kind != "timeout":
                return True
    return False


class _Retuned:
    """A serial line at another speed: each frame opens it anew, and its usual user opens it anew after that."""

    def __init__(self, serial, usual):
        self._serial = serial
        self._usual = usual
        self.read_ready = serial.read_ready
        self.read_some = serial.read_some
        self.pass_by = serial.pass_by
        self.close = serial.close

    def write(self, data):
        self._usual.close()
        self._serial.close()
        self._serial.write(data)


def tuned(bus, serial, baud):
    """The bus at another speed, sharing its line with `bus`; `serial` is that line, opened with that speed."""
    from osb_box.bus.rtu import RtuBus

    other = RtuBus(_Retuned(serial, bus), baud, bus.timeout_ms)
    other._lock = bus._lock
    return other
