"""What the chips have in common. No board has run this yet; tests run it against stand-ins of `machine`, `network`."""

import json

import machine
from micropython import const

FILE = "/board.json"
_WATCHDOG_MS = const(8000)  # an RP2040 counts to 8,388 ms at most
_OLDEST = const(1764547200)  # 2025-12-01: no box is older than its firmware


def state_dir():
    """The root of the file system."""
    return ""


def board():
    """The board's own list of pins and lines, as it was flashed; ValueError without it."""
    try:
        with open(FILE) as f:
            return json.load(f)
    except OSError:
        raise ValueError("board.json is missing: flash the box again") from None


def place(kinds, name):
    """The entry of that name under one of `kinds` of the board's list; ValueError names what there is."""
    known = []
    given = board()
    for kind in kinds:
        for entry in given.get(kind) or ():
            if entry["name"] == name:
                return entry
            known.append(entry["name"])
    raise ValueError("%s is not wired to this board; there are: %s" % (name, ", ".join(known) or "none"))


async def clock(box_id, floor):
    """Real time; a chip that was without power begins with the last time known."""
    from osb_box.hal.real import RealClock

    return RealClock(max(floor, _OLDEST), _set_clock)


def _set_clock(t):
    from osb_box.clock import civil_from_days

    year, month, day = civil_from_days(t // 86400)
    machine.RTC().datetime((year, month, day, (t // 86400 + 3) % 7, t // 3600 % 24, t // 60 % 60, t % 60, 0))


def watchdog():
    """Bites after 8 s; once started it cannot be stopped."""
    return machine.WDT(timeout=_WATCHDOG_MS)


def room_for_streams():
    """Nothing that a chip keeps of streams is moved as there are more."""


def name_servers():
    """The router's own, as it gave them when we joined, and the router itself."""
    import network

    _, _, gateway, server = network.WLAN(network.STA_IF).ifconfig()
    return [a for a in (server, gateway if gateway != server else "0.0.0.0") if a != "0.0.0.0"]


def _number(name):
    """The pin that the board's list gives to `name`."""
    if name in ("led", "button"):
        number = board().get(name)
        if number is None:
            raise ValueError("this board has no " + name)
        return number
    return place(("relays", "pulses", "inputs", "analogue"), name)["pin"]


def pin_in(name, pull=None):
    """An input; see hal."""
    Pin = machine.Pin
    return Pin(_number(name), Pin.IN, {"up": Pin.PULL_UP, "down": Pin.PULL_DOWN, None: None}[pull])


def pin_out(name):
    """An output, which keeps the level it has."""
    pin = machine.Pin(_number(name))
    pin.init(machine.Pin.OUT, value=pin.value())
    return pin


def i2c():
    """The board's I2C bus, at a speed for long wires."""
    wired = board().get("i2c")
    if not wired:
        raise ValueError("this board has no I2C bus")
    return machine.I2C(wired["id"], scl=machine.Pin(wired["scl"]), sda=machine.Pin(wired["sda"]), freq=50000)


def onewire():
    """The board's 1-Wire line."""
    wired = board().get("onewire")
    if not wired:
        raise ValueError("this board has no 1-Wire line")
    from osb_box.hal.chip_onewire import OneWire

    return OneWire(wired["pin"])
