"""What `flash.sh` can be asked for."""

import argparse
from pathlib import Path

from osb_hil import boards


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """What is asked for, or the end of the process with what the options are."""
    parser = argparse.ArgumentParser(
        prog="flash.sh", description="Put the box onto a board. A second run updates it and keeps its settings."
    )
    parser.add_argument("--board", required=True, help="one of " + ", ".join(boards.names()))
    parser.add_argument("--port", required=True, help="its serial port, such as /dev/ttyACM0")
    parser.add_argument("--wifi", metavar="SSID", help="join this network; the password is asked, or OSB_WIFI_PASSWORD")
    parser.add_argument("--hub", metavar="HOST[:PORT]", help="enrol at this hub (port 8883; 1883 if plain)")
    parser.add_argument("--hub-ca", type=Path, metavar="FILE", help="certificate of the hub's authority (TLS)")
    parser.add_argument("--hub-plain", action="store_true", help="no TLS, for a bench: anybody can read the password")
    parser.add_argument(
        "--account",
        type=Path,
        metavar="FILE",
        help="append its account for `vpp broker admit` here (no plain password)",
    )
    parser.add_argument(
        "--update-key", type=Path, metavar="FILE", help="it believes versions signed by this key (.key)"
    )
    parser.add_argument("--update-url", metavar="URL", help="where it looks for signed versions, once a day")
    parser.add_argument("--image", type=Path, metavar="FILE", help="put this MicroPython onto the board first")
    parser.add_argument("--download", action="store_true", help="download the pinned MicroPython, and put that on it")
    parser.add_argument("--sha256", help="what the image's SHA-256 must be")
    parser.add_argument("--erase", action="store_true", help="erase its files and settings first, after asking")
    parser.add_argument("--boards", type=Path, default=boards.BOARDS, help=argparse.SUPPRESS)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    return parser.parse_args(arguments)
