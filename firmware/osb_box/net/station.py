"""Keeps the box in the home's Wi-Fi. What it takes to get there, recover.py, is in memory only while we are not.

A radio may say that it is joined when it is not: who answers counts, be it the hub, a name server or the router.
Not proven on a board: tested against a radio that is as bad as those people complain about.
"""

import asyncio
import time

from micropython import const

from osb_box import forget, hal, loaded, net, rested, said

_LOOK_MS = const(1000)
_QUIET_S = const(180)  # without an answer of anybody, somebody is asked
_QUIET_MOST_S = const(6 * 3600)  # a network in which nobody ever answers is not asked more often
_TIME_S = const(6 * 3600)  # between looks at a time server
_TIME_AGAIN_S = const(64)
_GONE_LOOKS = const(3)  # a driver that finds back by itself is let


class Station:
    """`radio` as hal has it; `wifi` and `web` are the configuration's, or None; `page` is the Listener, or None."""

    look_ms = _LOOK_MS
    stage = "off"
    up_s = 0  # since the board started
    joins = 0
    portal = mdns = None  # tasks
    _quiet_s = _QUIET_S
    _answers = 0
    _heard_s = 0  # up_s when somebody answered last
    _time_s = 0  # up_s when a time server is to be asked next
    _time_again_s = _TIME_AGAIN_S
    _left_ms = 0

    def __init__(self, radio, wifi, web, name, cycle, page):
        self.radio = radio
        self.wifi = wifi
        self.web = web
        self.name = name
        self.cycle = cycle
        self.page = page

    def switch_on(self):
        """Switch the radio on; it holds everything up for a second or more."""
        try:
            self.radio.on(self.name, self.wifi.get("country") if self.wifi else None)
        except OSError as e:
            said.say("wifi: the radio does not start: %s" % e)

    async def run(self, pulse):
        """Keep the box in the network, for ever; after an error of our own, too."""
        self._seen_ms = time.ticks_ms()
        doubt = None
        while True:
            silent = await self._recover(pulse, doubt)
            if silent:
                self._quiet_s = min(2 * self._quiet_s, _QUIET_MOST_S) if doubt else _QUIET_S
            self._heard_s = self.up_s
            doubt = await self._watch(pulse)

    async def _recover(self, pulse, doubt):
        try:
            module = await rested(loaded("osb_box.net.", "keeper", "recover"))
            return await module.recover(self, pulse, doubt)
        finally:
            module = None
            forget("osb_box.net.recover")

    async def _watch(self, pulse):
        """While all is well; returns whether the radio still says that it is joined."""
        self.stage = "up"
        gone = 0
        while True:
            await self.look(pulse)
            gone = 0 if self.seen()[0] == "up" else gone + 1
            if gone > _GONE_LOOKS:
                said.say("wifi: the network is gone")
                return False
            if self.news():
                self._quiet_s = _QUIET_S
            elif self.up_s - self._heard_s >= self._quiet_s:
                return True
            if self.up_s >= self._time_s:
                await self._ask_time()

    async def _ask_time(self):
        try:
            await rested(hal.ready())
            module = await rested(loaded("osb_box.net.", "dns", "ntp", "sntp"))
            known = await module.look(self.cycle.clock, hal.port().name_servers())
        finally:
            module = None
            forget("osb_box.net.sntp", "osb_box.net.ntp", "osb_box.net.dns")
            hal.leave()
        self._time_again_s = _TIME_AGAIN_S if known else min(2 * self._time_again_s, _TIME_S)
        self._time_s = self.up_s + (_TIME_S if known else self._time_again_s)

    def seen(self):
        """(state, address, guests of our access point); a driver that does not even tell has failed."""
        radio = self.radio
        try:
            return radio.state(), radio.address(), radio.guests() if self.portal else 0
        except OSError:
            return "failed", None, 0

    def news(self):
        """Has anybody answered since we asked last?"""
        answers, self._answers = self._answers, net.answers()
        if answers == self._answers:
            return False
        self._heard_s = self.up_s
        return True

    async def look(self, pulse):
        pulse.beat()
        await asyncio.sleep_ms(self.look_ms)
        self._pass(time.ticks_ms())

    def _pass(self, now_ms):
        """Count the seconds since the board started; ticks wrap after twelve days."""
        self._left_ms += time.ticks_diff(now_ms, self._seen_ms)
        self._seen_ms = now_ms
        self.up_s += self._left_ms // 1000
        self._left_ms %= 1000
