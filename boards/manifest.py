"""For those who build their own MicroPython: the box's code frozen into it runs from flash and takes no heap.

    make -C ports/rp2 BOARD=RPI_PICO_W FROZEN_MANIFEST=/path/to/boards/manifest.py

The files that are data (profiles, pages) still go to the file system: `./flash.sh` puts them there, in the pack of slot
a. The code in it is then not used: the image comes first. A signed version that is installed later runs from its pack,
and takes the heap that this needs. On an emulated Pico W a box with five meters and its page open
has 157 kB of heap free in this way (docs/hil.md).
"""

# ruff: noqa: F821 (the names are makemanifest.py's)
include("$(PORT_DIR)/boards/manifest.py")
require("ssl")
for name in ("osb_boot", "osb_box"):
    package(name, base_path="../firmware")
package("osb_wire", base_path="../wire")
