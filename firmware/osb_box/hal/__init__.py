"""The port under the box. Each port module offers the same names; nothing else knows the port.

state_dir()                 where configuration, journal and state are kept
serial(port, baud, parity)  an open serial line
async clock(box_id, floor)  real time, or the bench's lockstep
watchdog()                  an object with feed(); unfed for 8 s it resets the board
name_servers()              addresses of the name servers in force
radio()                     the radio as net/station.py needs it, or None where the port keeps the network itself
reset()                     restart the board; does not return
"""

import sys


def port():
    """The module of this port; it is needed at the start and at a reset, and forgotten in between."""
    if sys.platform not in ("linux", "darwin"):
        raise ImportError("no hal for the port " + sys.platform)
    from osb_box.hal import unix

    return unix
