"""The unix port: a board whose silicon is a process. The bench, or a service manager, starts it again when it exits."""

import asyncio
import os
import select

from micropython import const

TLS_BYTES = 0  # Mbed TLS takes what it needs from the machine
_STREAMS = const(40)  # 6 browsers and who listens to them, 2 brokers, 4 lines, names and time: 24 for devices over TCP

_bench = None


def state_dir():
    """The directory that OSB_HOME names, or this one."""
    return os.getenv("OSB_HOME") or "."


def serial(port, baud, parity="N", plain=False):
    """A serial device or pseudo-terminal as a stream."""
    from osb_box.hal.unix_serial import Serial

    return Serial(port, baud, parity)


async def clock(box_id, floor):
    """Lockstep with the bench at OSB_BENCH=host:port; real time without it."""
    global _bench
    bench = os.getenv("OSB_BENCH")
    if not bench:
        from osb_box.hal.real import RealClock

        return RealClock(floor)
    from osb_box.hal.bench import Lockstep

    host, port = bench.rsplit(":", 1)
    _bench = Lockstep()
    await _bench.connect(host, int(port), box_id)
    return _bench


class _NoWatchdog:
    def feed(self):
        """Nobody bites: a process without a bench has no watchdog."""


def watchdog():
    """The bench's watchdog if there is one."""
    return _bench or _NoWatchdog()


def name_servers():
    """Addresses of the name servers: those of OSB_DNS (host:port, comma between them), or the machine's own."""
    given = os.getenv("OSB_DNS")
    if given:
        return given.split(",")
    try:
        with open("/etc/resolv.conf") as f:
            return [line.split()[1] for line in f if line.startswith("nameserver") and "." in line.split()[1]]
    except (OSError, IndexError):
        return []


def radio():
    """A process has no radio: its machine keeps the network."""
    return None


def room_for_streams():
    """Take at once what it needs to wait for all streams there may ever be.

    MicroPython (1.29) moves what it keeps of them to wait for more, and then looks for a TLS connection, which has no
    descriptor and nothing there, at a place that is none: the process dies (poll_set_add_fd in extmod/modselect.c).
    """
    poller = asyncio.core._io_queue.poller
    for number in range(_STREAMS):
        poller.register(number, select.POLLIN)
    for number in range(_STREAMS):
        poller.unregister(number)


def pin_in(name, pull=None):
    """An input of the field at OSB_PINS."""
    return _pins().thing("in", name)


def pin_out(name):
    """An output of the field."""
    return _pins().pin_out(name)


def pulse_counter(name):
    """A pulse counter of the field."""
    return _pins().thing("count", name)


def analogue(name):
    """An analogue input of the field."""
    return _pins().thing("mv", name)


def onewire():
    """The field's 1-Wire line."""
    return _pins().onewire()


def i2c():
    """The field's I2C bus."""
    return _pins().i2c()


def _pins():
    from osb_box.hal import unix_pins

    return unix_pins
