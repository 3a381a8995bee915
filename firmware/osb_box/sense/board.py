"""The board's own pins as a bus: what is attached to it is read like any device, and relays are written like coils."""

import asyncio
import sys
import time

from micropython import const

from osb_box.bus import BusError

_LOOK_MS = const(200)  # between two looks at counters and motion detectors


class BoardBus:
    """`port` is hal's, `folder` where counts are kept. Attached things have a number, as units on a line have."""

    def __init__(self, port, folder, clock):
        self.port = port
        self.folder = folder
        self.counts = self.wire = None  # shared by all that count, by all on the 1-Wire line
        self._clock = clock
        self._things = []
        self._watched = []  # looked at several times a second
        self._watcher = None
        self._second, self._since = 0, 0

    def attach(self, name, entry):
        """The number of a device of the configuration with the profile `name`. ValueError says what is wrong."""
        from osb_box.sense.attach import attach

        self._things.append(attach(self, name, entry))
        return len(self._things) - 1

    def watch(self, thing):
        """Look at it several times a second; returns it."""
        self._watched.append(thing)
        return thing

    async def read(self, unit, fc, addr, count):
        """{code: value} of a sensor (fc 0), or packed bits of relays (fc 1). BusError."""
        if self._watched and self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        thing = self._things[unit]
        try:
            return thing.bits(addr, count) if fc else await thing.values(self)
        except OSError as e:
            raise BusError("closed", "the board's pins cannot be used: %s" % e)

    async def write(self, unit, fc, addr, data, bits=1):
        """Switch a relay (fc 5, as in Modbus)."""
        try:
            self._things[unit].switch(addr, data[0] & 1)
        except OSError as e:
            raise BusError("closed", "the board's pins cannot be used: %s" % e)

    def save(self):
        """Keep the counts now: the power is about to go, or the box restarts."""
        if self.counts:
            self.counts.save()

    def now(self):
        """Unix seconds."""
        return self._clock.now()

    def ms(self):
        """The schedule's time [ms]; between its seconds the processor's clock goes on."""
        now = self._clock.now()
        if now != self._second:
            self._second, self._since = now, time.ticks_ms()
        return now * 1000 + min(999, max(0, time.ticks_diff(time.ticks_ms(), self._since)))

    async def _watch(self):
        while True:
            try:
                for thing in self._watched:
                    thing.look(self)
                if self.counts:
                    self.counts.keep()
            except (OSError, ValueError) as e:
                sys.print_exception(e)
                await asyncio.sleep_ms(60000)
            await asyncio.sleep_ms(_LOOK_MS)
