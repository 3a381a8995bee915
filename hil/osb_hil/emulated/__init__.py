"""An emulated RP2040 that runs the official MicroPython image: `rp2040py` with its known faults worked round.

The package is optional (`pip install -e '.[emulator]'`); its internals are private, so its version is pinned.
"""
