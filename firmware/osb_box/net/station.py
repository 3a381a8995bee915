"""Keeps the box in the home's Wi-Fi. What it takes to get there is in memory only while we are not.

A radio may say that it is joined when it is not: who answers counts, be it the hub, a name server or the router.
Not proven on a board: tested against a radio that is as bad as those people complain about.
"""

import asyncio
import errno
import time

from micropython import const

from osb_box import forget, hal, net, said

_LOOK_MS = const(1000)
_QUIET_S = const(180)  # without an answer of anybody, somebody is asked
_QUIET_MOST_S = const(6 * 3600)  # a network in which nobody ever answers is not asked more often
_TIME_S = const(6 * 3600)  # between looks at a time server
_TIME_AGAIN_S = const(64)
_GONE_LOOKS = const(3)  # a driver that finds back by itself is let
_RUNS_W = const(100)
_CODE_LEAST = const(8)  # of WPA2
_SAID_TRIES = const(3)  # attempts in a row that are worth a line of the log


class Station:
    """`radio` as hal has it; `wifi` and `web` are the configuration's, or None; `page` is the Listener, or None."""

    look_ms = _LOOK_MS
    stage = "off"
    up_s = 0  # since the board started
    joins = 0
    _portal = _mdns = None
    _quiet_s = _QUIET_S
    _answers = 0
    _heard_s = 0  # up_s when somebody answered last
    _time_s = 0  # up_s when a time server is to be asked next
    _time_again_s = _TIME_AGAIN_S
    _left_ms = 0

    def __init__(self, radio, wifi, web, name, cycle, page):
        self._radio = radio
        self._wifi = wifi
        code = web and web["token"]  # on the box's label: also the password of our access point
        self._code = code if code and len(code) >= _CODE_LEAST else None
        self._http = web and web["port"]
        self._name = name
        self._cycle = cycle
        self._page = page

    async def run(self, pulse):
        """Switch the radio on and keep the box in the network, for ever."""
        self._seen_ms = time.ticks_ms()
        self._on()
        doubt = False
        while True:
            await self._recover(pulse, doubt)
            doubt = await self._watch(pulse)

    async def _watch(self, pulse):
        """While all is well; returns whether the radio still says that it is joined."""
        self.stage = "up"
        gone = 0
        while True:
            await self._look(pulse)
            gone = 0 if self._seen()[0] == "up" else gone + 1
            if gone > _GONE_LOOKS:
                said.say("wifi: the network is gone")
                return False
            if self._news():
                self._quiet_s = _QUIET_S
            elif self.up_s - self._heard_s >= self._quiet_s:
                return True
            if self.up_s >= self._time_s:
                await self._ask_time()

    async def _recover(self, pulse, doubt):
        from osb_box.net.keeper import Keeper

        keeper = Keeper(self.up_s, self._wifi is not None, doubt)
        try:
            while True:
                state, address, guests = self._seen()
                act = keeper.step(self.up_s, state, address, self._news(), guests, self._needed(), self.up_s)
                self.stage = keeper.stage
                if act == "well":
                    break
                if act:
                    if (act != "probe" and keeper.tries < _SAID_TRIES) or act in ("open", "close", "reset"):
                        said.say("wifi: " + act)
                    await self._do(act)
                await self._look(pulse)
        finally:
            forget("osb_box.net.keeper")
        if keeper.silent:
            self._quiet_s = min(2 * self._quiet_s, _QUIET_MOST_S) if doubt else _QUIET_S
        self._heard_s = self.up_s
        if address:
            said.say("wifi: joined as " + address[0])
            self._announce(address[0])

    async def _do(self, act):
        radio = self._radio
        try:
            if act == "join":
                self.joins += 1
                radio.join(self._wifi["ssid"], self._wifi["password"])
            elif act == "leave":
                radio.leave()
            elif act == "cycle":
                self._shut()
                radio.off()
                await asyncio.sleep_ms(self.look_ms)
                self._on()
            elif act == "open":
                if self._code:  # a network that is open to all is none of ours
                    self._welcome(radio.open(self._name, self._code))
            elif act == "close":
                self._shut()
                radio.close()
            elif act == "reset":
                from osb_box.restart import restart

                restart(self._cycle.outbox)
            else:
                await self._probe()
        except OSError as e:  # the driver refuses: the next stage comes all the same
            said.say("wifi: %s: %s" % (act, e))

    def _welcome(self, address):
        """What a guest of our access point needs: whatever a phone asks for, it comes to our page."""
        from osb_box.net.portal import serve

        if self._page:
            self._page.portal = address
        self._portal = asyncio.create_task(_quietly("guests", serve(address)))

    def _needed(self):
        """Does anything in the home run because of us, that a restart could stop?"""
        controller = self._cycle.controller
        for role in controller.roles:
            if role != "pv" and abs(controller.accounts[role].power()) > _RUNS_W:
                return True
        return False

    def _announce(self, address):
        """Tell the network of our page, unless the port does so itself: then its UDP port is taken."""
        if not self._http:
            return
        if self._mdns:
            self._mdns.cancel()
        from osb_box.net import mdns

        answers = mdns.Responder(self._name, address, self._http)
        self._mdns = asyncio.create_task(_quietly("mdns", mdns.serve(answers, address)))
        del mdns
        forget("osb_box.net.mdns")

    def _shut(self):
        if self._portal:
            self._portal.cancel()
            self._portal = None
            forget("osb_box.net.portal")
        if self._page:
            self._page.portal = None

    async def _probe(self):
        try:
            from osb_box.net.probe import probe

            await probe(hal.port().name_servers(), (self._radio.address() or (None, None))[1])
        finally:
            forget("osb_box.net.probe", "osb_box.net.dns", "osb_box.net.dial")
            hal.leave()

    async def _ask_time(self):
        try:
            from osb_box.net.sntp import look

            known = await look(self._cycle.clock, hal.port().name_servers())
        finally:
            forget("osb_box.net.sntp", "osb_box.net.dns")
            hal.leave()
        self._time_again_s = _TIME_AGAIN_S if known else min(2 * self._time_again_s, _TIME_S)
        self._time_s = self.up_s + (_TIME_S if known else self._time_again_s)

    def _on(self):
        try:
            self._radio.on(self._name, self._wifi.get("country") if self._wifi else None)
        except OSError as e:
            said.say("wifi: the radio does not start: %s" % e)

    def _seen(self):
        """(state, address, guests of our access point); a driver that does not even tell has failed."""
        radio = self._radio
        try:
            return radio.state(), radio.address(), radio.guests() if self._portal else 0
        except OSError:
            return "failed", None, 0

    def _news(self):
        """Has anybody answered since we asked last?"""
        answers, self._answers = self._answers, net.answers()
        if answers == self._answers:
            return False
        self._heard_s = self.up_s
        return True

    async def _look(self, pulse):
        pulse.beat()
        await asyncio.sleep_ms(self.look_ms)
        self._pass(time.ticks_ms())

    def _pass(self, now_ms):
        """Count the seconds since the board started; ticks wrap after twelve days."""
        self._left_ms += time.ticks_diff(now_ms, self._seen_ms)
        self._seen_ms = now_ms
        self.up_s += self._left_ms // 1000
        self._left_ms %= 1000


async def _quietly(name, work):
    """A service that the box can do without."""
    try:
        await work
    except OSError as e:
        if e.errno != errno.EADDRINUSE:  # else the port serves it itself
            said.say("%s: not served: %s" % (name, e))
