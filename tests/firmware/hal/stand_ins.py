"""Stand-ins for what only a chip has: they write down what they are told, and answer what a test lays out for them."""

import sys
import time

told = []  # what happened to the silicon, in order


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN = "in", "out", "up", "down"

    def __init__(self, number, mode=None, pull=None, value=None):
        self.number = number
        if mode:
            told.append(("pin", number, mode, pull, value))

    def value(self, level=None):
        if level is None:
            return 0
        told.append(("pin", self.number, level))
        return None

    def init(self, mode, value):
        told.append(("pin", self.number, mode, None, value))


class UART:
    INV_RX = "inverted"
    waiting = b""

    def __init__(self, number, baud, **options):
        for key in ("rx", "tx"):
            if isinstance(options.get(key), Pin):
                options[key] = options[key].number
        self.options = options
        told.append(("uart", number, baud, options))

    def any(self):
        return len(self.waiting)

    def read(self, count):
        told.append(("read", count))
        data, self.waiting = self.waiting[:count], self.waiting[count:]
        return data

    def write(self, data):
        told.append(("write", data))

    def txdone(self):
        return True

    def deinit(self):
        told.append(("uart", "closed"))


class Timer:
    ONE_SHOT = 0

    def __init__(self, number):
        self.number = number

    def init(self, mode, period, callback, hard=False):
        told.append(("timer", self.number, period))
        self.fire = callback
        Timer.last = self

    def deinit(self):
        pass


class RTC:
    """`at` is what time.time() says: a chip's clock, in Unix seconds here."""

    at = 0

    def datetime(self, fields):
        year, month, day, weekday, hour, minute, second, _ = fields
        told.append(("rtc", fields))
        RTC.at = time.mktime((year, month, day, hour, minute, second, weekday, 0))


class WDT:
    def __init__(self, timeout):
        told.append(("watchdog", timeout))


class WLAN:
    SEC_WPA_WPA2, SEC_WPA2, PM_NONE = "wpa/wpa2", "wpa2", 0
    status_now = 0
    address = ("0.0.0.0", "255.255.255.0", "0.0.0.0", "0.0.0.0")

    def __init__(self, side):
        self.side = side

    def __getattr__(self, name):
        return lambda *given, **named: told.append((self.side, name, given, named))

    def status(self, what=None):
        return [(b"\x02\x00\x00\x00\x00\x01",)] if what == "stations" else WLAN.status_now

    def ifconfig(self):
        return WLAN.address

    def scan(self):
        return [
            (b"attic", b"", 1, -80, 3, 1),
            (b"home", b"", 6, -70, 3, 1),
            (b"home", b"", 11, -50, 3, 1),
            (b"", b"", 6, -40, 3, 1),
        ]


class _Module:
    pass


def put():
    """Where the firmware looks for a chip's own modules, these are now."""
    machine = _Module()
    for thing in (Pin, UART, Timer, RTC, WDT):
        setattr(machine, thing.__name__, thing)
    network = _Module()
    network.STA_IF, network.AP_IF, network.WLAN = "station", "access point", WLAN
    network.STAT_IDLE, network.STAT_CONNECTING, network.STAT_GOT_IP = 0, 1, 3
    network.STAT_NO_AP_FOUND, network.STAT_WRONG_PASSWORD = -2, -3
    network.hostname = lambda name: told.append(("name", name))
    network.country = lambda code: told.append(("country", code))
    sys.modules["machine"] = machine
    sys.modules["network"] = network
