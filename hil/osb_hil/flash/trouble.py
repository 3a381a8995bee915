"""What to do about what esptool and mpremote say: a sentence for each trouble, the tool's own last line beside it."""

import re

from osb_hil.boards import Board
from osb_hil.flash import port as ports

# a regular expression for what the tool has said, and what to do: the first that fits holds
Table = tuple[tuple[str, str], ...]

_BUSY = (
    "Another program has {port} open: close serial monitors, editors with a console (Thonny) and other copies of this "
    "command, and repeat it."
)
_GONE = (
    "The board went away while it was talked to: plug it into a socket of the computer itself with a short cable, and "
    "repeat the command."
)
_BOOT = (
    "The board is not in boot mode: hold BOOT while plugging it in (or press and release EN with BOOT held), release "
    "BOOT, and repeat the command."
)
SILENT = (
    "The board at {port} does not answer. Unplug it, plug it in again, and repeat the command; if it stays silent, "
    "with --image and the file of MicroPython for this board."
)
TORN = (
    "What the board answers is torn: close other programs that use {port}, unplug the board, plug it in again, and "
    "repeat the command."
)

ESPTOOL: Table = (
    ("Permission denied|Errno 13", "{forbidden}"),
    ("resource busy|exclusively lock|temporarily unavailable|Access is denied", _BUSY),
    ("Could not open|could not open port", "{absent}"),
    (
        "This chip is|Unexpected chip|autodetect",
        "At {port} is another chip than that of {board}: repeat the command with the --board for the chip that is "
        "there, or with the right --port.",
    ),
    (
        "chip revision",
        "The chip is older than this MicroPython runs on: repeat the command with a newer board.",
    ),
    (
        "flash chip|Flash ID|flash_id|Detecting flash size failed",
        "The chip does not reach its flash: take off all that is wired to the board's pins, plug it in again, and "
        "repeat the command, with another board if it happens again.",
    ),
    (
        "getting no sync reply",
        "The board waits for its program and does not hear it: take off what is wired to its RX and TX, unplug it, "
        "hold BOOT while plugging it in, and repeat the command.",
    ),
    ("Wrong boot mode", _BOOT),
    (
        "No serial data received",
        "Nothing answers at {port}: look at the name of the port, take a cable that carries data, hold BOOT while "
        "plugging the board in, and repeat the command.",
    ),
    (
        "serial noise|Invalid head of packet|Packet content|Invalid SLIP|doesn't match request|Failed to set baud",
        "What comes over {port} is damaged: take a shorter cable and a socket of the computer itself, take off what is "
        "wired to the board's RX and TX, and repeat the command.",
    ),
    (
        "will not fit in|greater than detected flash",
        "The flash of the board at {port} is smaller than the {flash} MB of {board}, and has been left as it was: take "
        "another board, or look at --board and --image.",
    ),
    (
        "MD5 of file|flash region is empty|Verification failed",
        "The flash did not take what was written, and the board starts nothing now: repeat the command with a shorter "
        "cable, and replace the board if it happens again.",
    ),
    (
        "[Ss]ecure [Bb]oot|Secure Download|[Ff]lash encryption",
        "This chip takes programs of its owner only (secure boot or flash encryption): repeat the command with another "
        "board.",
    ),
    ("Failed to connect|Failed to start stub", _BOOT),
    ("stopped responding|No more data|serial exception|disconnected|Write timeout|Errno 5\\b", _GONE),
    (
        "",
        "The board could not be written: take a shorter cable and a socket of the computer itself, and repeat the "
        "command.",
    ),
)

MPREMOTE: Table = (
    ("Permission denied|EACCES", "{forbidden}"),
    ("failed to access (?!/)", "{absent}"),  # an address, or a name of Windows: nobody has looked whether it is there
    ("failed to access|resource busy|exclusively lock", _BUSY),
    ("no device found|no device with|could not be opened|No such file", "{absent}"),
    (
        "ENOSPC|Errno 28|OSError: 28|No space left",
        "The board's file system is full. Remove files of your own from it (mpremote fs ls), or erase it: repeat the "
        "command with --erase, which also forgets its settings.",
    ),
    ("^b''$.*could not enter raw repl", SILENT),  # what has been heard until then
    (
        "could not enter raw repl",
        "Something answers at {port}, but it is not MicroPython. Repeat the command with --image and the file of "
        "MicroPython for this board.",
    ),
    ("device reports readiness|disconnected|Input/output error|Errno [56]\\b|not configured", _GONE),
    ("could not exec command|raw paste|waiting for (first|second) EOF", TORN),
    ("MemoryError", "The board is out of memory: unplug it, plug it in again, and repeat the command."),
    ("", "The board could not be talked to: unplug it, plug it in again, and repeat the command."),
)
_ASIDE = re.compile(r"\s*$|For troubleshooting|Hint:|Note:")


def esptool(port: str, board: Board, said: str) -> str:
    """What to do about what esptool said of the board at `port`."""
    return _told("esptool", ESPTOOL, said, port, board=board.name, flash=(board.flash_bytes or 0) >> 20)


def mpremote(port: str, said: str) -> str:
    """What to do about what mpremote said of the board at `port`."""
    return _told("mpremote", MPREMOTE, said, port)


def _told(tool: str, table: Table, said: str, port: str, **known: object) -> str:
    sentence = next(what for fits, what in table if re.search(fits, said, re.DOTALL | re.MULTILINE))
    known |= {"port": port, "forbidden": ports.forbidden(port), "absent": ports.absent(port)}
    lines = [line for line in said.splitlines() if not _ASIDE.match(line)] or ["it said nothing"]
    return f"{sentence.format(**known)} ({tool}: {lines[-1].strip().removeprefix(f'{tool}: ')})"
