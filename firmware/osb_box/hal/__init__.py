"""The port under the box, chosen once. Each port module offers the same names; nothing else knows the port.

state_dir()                 where configuration, journal and state are kept
serial(port, baud, parity)  an open serial line
async clock(box_id, floor)  real time, or the bench's lockstep
watchdog()                  an object with feed(); unfed for 8 s it resets the board
reset()                     restart the board; does not return
"""

import sys

__all__ = ("port",)

if sys.platform == "linux" or sys.platform == "darwin":
    from osb_box.hal import unix as port
else:
    raise ImportError("no hal for the port " + sys.platform)
