"""The contract between box and hub, version 1.

MicroPython and CPython import the same files. Nothing here reads a clock, opens a file or knows a device.
The prose, with every field and range, is docs/wire.md; a test holds it against these tables.
"""

VERSION = 1
SLOT_S = 900  # one planning slot [s]: the settlement interval of European electricity markets
