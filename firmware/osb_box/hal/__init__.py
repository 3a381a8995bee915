"""The port under the box. Each port module offers the same names; nothing else knows the port.

state_dir()                 where configuration, journal and state are kept
serial(port, baud, parity, plain)  an open serial line; plain: not turned round, though the board's list does so
async clock(box_id, floor)  real time, or the bench's lockstep
watchdog()                  an object with feed(); unfed for 8 s it resets the board
name_servers()              addresses of the name servers in force
radio()                     the radio as net/station.py needs it, or None where the port keeps the network itself
TLS_BYTES                   what a TLS session holds of the memory in which the box lives; 0 where it has one of its own
room_for_streams()          for all that may ever be waited for at once, before the first connection over TLS

What is wired to the board, by the names of its board.json; ValueError where it has no such thing. Nothing waits long.

pin_in(name, pull)          an object with value(), 0 or 1; `pull` is "up", "down" or None
pin_out(name)               an object with value(level)
pulse_counter(name)         an object with value(), pulses modulo 2**32 since it was made
onewire()                   reset() -> is anybody there?, write(bytes), read(count) -> bytes, scan() -> [rom bytes]
i2c()                       writeto(address, bytes), readfrom(address, count) -> bytes, scan(); OSError if nobody does
analogue(name)              an object with read_mv()
"""

import sys

import machine
from micropython import const

from osb_box import forget, loaded

_RESET_STATUS = const(3)  # of a process; "start me again"


def port():
    """The module of this port; it is needed at the start and at a reset, and forgotten in between."""
    if sys.platform == "rp2":
        from osb_box.hal import rp2

        return rp2
    if sys.platform == "esp32":
        from osb_box.hal import esp32

        return esp32
    if sys.platform not in ("linux", "darwin"):
        raise ImportError("no hal for the port " + sys.platform)
    from osb_box.hal import unix

    return unix


def reset():
    """Restart the board, whatever memory is left: nothing of ours is loaded for it. Does not return."""
    if sys.platform in ("linux", "darwin"):
        sys.exit(_RESET_STATUS)
    machine.reset()


def ready(*more):
    """Generator: loads what `port` needs, and `more` where it is a chip's, rested: it takes an RP2040 50 ms each."""
    chip = sys.platform in ("rp2", "esp32")
    return loaded("osb_box.hal.", *(("chip", sys.platform) + more if chip else ("unix",)))


def leave():
    """Let the port's modules leave memory."""
    forget(*[name for name in sys.modules if name.startswith("osb_box.hal.")])
