"""Brings a Wi-Fi back by the stages of keeper.py: what they mean for radio, page, neighbours. Not proven on a board."""

import asyncio
import errno

from micropython import const

from osb_box import forget, hal, loaded, rested, said
from osb_box.net.keeper import Keeper

_RUNS_W = const(100)
_CODE_LEAST = const(8)  # of WPA2
_SAID_TRIES = const(3)  # attempts in a row that are worth a line of the log


async def recover(station, pulse, doubt):
    """Until all is well; returns whether it is so without anybody having answered.

    `doubt`: the radio says that it is joined, but nobody answers; None: it has just been switched on.
    """
    keeper = Keeper(station.up_s, station.wifi is not None, doubt)
    forget("osb_box.net.keeper")
    while True:
        state, address, guests = station.seen()
        needed = runs_because_of_us(station.cycle.controller)
        act = keeper.step(station.up_s, state, address, station.news(), guests, needed, station.up_s)
        station.stage = keeper.stage
        if act == "well":
            break
        if act:
            if (act != "probe" and keeper.tries < _SAID_TRIES) or act in ("open", "close", "reset"):
                said.say("wifi: " + act)
            try:
                await _do(station, act)
            except OSError as e:  # the driver refuses: the next stage comes all the same
                said.say("wifi: %s: %s" % (act, e))
        await station.look(pulse)
    if address:
        said.say("wifi: joined as " + address[0])
        await _announce(station, address[0])
    return keeper.silent


async def _do(station, act):
    radio = station.radio
    if act == "join":
        station.joins += 1
        radio.join(station.wifi["ssid"], station.wifi["password"])
    elif act == "leave":
        radio.leave()
    elif act == "cycle":
        _shut(station)
        radio.off()
        await asyncio.sleep_ms(station.look_ms)
        station.switch_on()
    elif act == "open":
        code = station.web and station.web["token"]  # on the box's label
        if code and len(code) >= _CODE_LEAST:  # a network that is open to all is none of ours
            await _welcome(station, radio.open(station.name, code))
    elif act == "close":
        _shut(station)
        radio.close()
    elif act == "reset":
        from osb_box.restart import restart

        restart(station.cycle.outbox, "the Wi-Fi was gone for hours")
    else:
        await _probe(radio)


def runs_because_of_us(controller):
    """Is anything in the home at work that a restart could stop?"""
    for role in controller.roles:
        if role != "pv" and abs(controller.accounts[role].power()) > _RUNS_W:
            return True
    return False


async def _welcome(station, address):
    """What a guest of our access point needs: whatever a phone asks for, it comes to our page."""
    if station.page:
        station.page.portal = address
    portal = await rested(loaded("osb_box.net.", "portal"))
    station.portal = asyncio.create_task(_quietly("guests", portal.serve(address)))
    forget("osb_box.net.portal")


def _shut(station):
    if station.portal:
        station.portal.cancel()
        station.portal = None
    if station.page:
        station.page.portal = None


async def _probe(radio):
    try:
        await rested(hal.ready())
        module = await rested(loaded("osb_box.net.", "dns", "dial", "probe"))
        await module.probe(hal.port().name_servers(), (radio.address() or (None, None))[1])
    finally:
        module = None
        forget("osb_box.net.probe", "osb_box.net.dns", "osb_box.net.dial")
        hal.leave()


async def _announce(station, address):
    """Tell the network of our page, unless the port does so itself: then its UDP port is taken."""
    if station.mdns:
        station.mdns.cancel()
        station.mdns = None
    if station.web:
        try:
            mdns = await rested(loaded("osb_box.net.", "dns", "mdns"))
        except ImportError:
            forget("osb_box.net.dns")
            return  # of boards whose image answers for their name by itself
        answers = mdns.Responder(station.name, address, station.web["port"])
        station.mdns = asyncio.create_task(_quietly("mdns", mdns.serve(answers, address)))
        forget("osb_box.net.mdns", "osb_box.net.dns")


async def _quietly(name, work):
    """A service that the box can do without."""
    try:
        await work
    except OSError as e:
        if e.errno != errno.EADDRINUSE:  # else the port serves it itself
            said.say("%s: not served: %s" % (name, e))
