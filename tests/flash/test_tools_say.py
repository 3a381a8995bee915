"""What esptool and mpremote say, and what flash.sh tells to do about it: by the tools themselves without a board."""

import fcntl
import importlib.util
import os
import pty
import tty

import pytest
from images import esp
from talker import talker

from osb_hil.boards import load
from osb_hil.flash import trouble
from osb_hil.flash.__main__ import main
from osb_hil.hub_end import free_port

ESP = load("esp32")
PORT = "/dev/ttyUSB0"
BUSY = (
    "Another program has {} open: close serial monitors, editors with a console (Thonny) and other copies of this "
    "command, and repeat it."
)
GONE = "The board went away while it was talked to: plug it into a socket of the computer itself with a short cable, "
BOOT = "The board is not in boot mode: hold BOOT while plugging it in (or press and release EN with BOOT held), "
OWNER_ONLY = "This chip takes programs of its owner only (secure boot or flash encryption): repeat the command with "
FORBIDDEN = f"You may not open {PORT}. On Linux add yourself to its group (sudo usermod -aG dialout $USER), log out "
ABSENT = f"{PORT} cannot be opened. Plug the board in with a cable that carries data, close other programs that use it"
NOT_OPEN = f"Could not open {PORT}, the port is busy or doesn't exist."
FATAL = "ERROR: A fatal error occurred: "
NO_CONNECTION = f"{FATAL}Failed to connect to ESP32: "
VISIT = "For troubleshooting steps visit: https://docs.espressif.com/projects/esptool/en/latest/troubleshooting.html"

# The texts of esptool 5.6.0 (loader.py, cmds.py, __init__.py) and, in it, pyserial 3.5
ESPTOOL = [
    (
        f"{FATAL}{NOT_OPEN}\n([Errno 13] could not open port {PORT}: [Errno 13] Permission denied: '{PORT}')\n\n"
        "Hint: Try to add user into dialout or uucp group.\n",
        FORBIDDEN,
        f"([Errno 13] could not open port {PORT}: [Errno 13] Permission denied: '{PORT}')",
    ),
    (
        f"{FATAL}{NOT_OPEN}\n([Errno 16] could not open port {PORT}: [Errno 16] Device or resource busy: '{PORT}')\n",
        BUSY.format(PORT),
        f"([Errno 16] could not open port {PORT}: [Errno 16] Device or resource busy: '{PORT}')",
    ),
    (
        f"{FATAL}{NOT_OPEN}\n([Errno 2] could not open port {PORT}: [Errno 2] No such file or directory: '{PORT}')\n\n"
        "Hint: Check if the port is correct and ESP connected\n",
        ABSENT,
        f"([Errno 2] could not open port {PORT}: [Errno 2] No such file or directory: '{PORT}')",
    ),
    (
        f"{FATAL}This chip is ESP32-C3, not ESP32. Wrong chip argument?",
        f"At {PORT} is another chip than that of ESP32 DevKitC (WROOM-32): repeat the command with the --board for ",
        f"{FATAL}This chip is ESP32-C3, not ESP32. Wrong chip argument?",
    ),
    (
        f"Connecting......\n\n{NO_CONNECTION}Wrong boot mode detected (0x13)! The chip needs to be "
        f"in download mode.\n{VISIT}\n",
        BOOT,
        f"{NO_CONNECTION}Wrong boot mode detected (0x13)! The chip needs to be in download mode.",
    ),
    (
        f"{NO_CONNECTION}Download mode successfully detected, but getting no sync reply: The serial "
        f"TX path seems to be down.\n{VISIT}\n",
        "The board waits for its program and does not hear it: take off what is wired to its RX and TX, ",
        f"{NO_CONNECTION}Download mode successfully detected, but getting no sync reply: The serial "
        "TX path seems to be down.",
    ),
    (
        f"{NO_CONNECTION}Invalid head of packet (0x68): Possible serial noise or corruption.\n{VISIT}",
        f"What comes over {PORT} is damaged: take a shorter cable and a socket of the computer itself, take off ",
        f"{NO_CONNECTION}Invalid head of packet (0x68): Possible serial noise or corruption.",
    ),
    (
        f"Input MD5: 12\nFlash MD5: 34\n\n{FATAL}MD5 of file does not match data in flash!\n",
        "The flash did not take what was written, and the board starts nothing now: repeat the command with a shorter ",
        f"{FATAL}MD5 of file does not match data in flash!",
    ),
    (
        f"{FATAL}File 'ESP32.bin' (length 1740000) at offset 0x00001000 will not fit in 1048576 bytes of flash. Change "
        "the flash_size argument or flashing address.",
        f"The flash of the board at {PORT} is smaller than the 4 MB of ESP32 DevKitC (WROOM-32), and has been left ",
        f"{FATAL}File 'ESP32.bin' (length 1740000) at offset 0x00001000 will not fit in 1048576 bytes of flash. Change "
        "the flash_size argument or flashing address.",
    ),
    (
        f"{FATAL}'ESP32.bin' requires chip revision v3.0 or higher (this chip is revision v1.0). Use --force to flash "
        "anyway.",
        "The chip is older than this MicroPython runs on: repeat the command with a newer board.",
        f"{FATAL}'ESP32.bin' requires chip revision v3.0 or higher (this chip is revision v1.0). Use --force to flash "
        "anyway.",
    ),
    (
        f"{FATAL}Unable to verify flash chip connection (No serial data received.).",
        "The chip does not reach its flash: take off all that is wired to the board's pins, plug it in again, ",
        f"{FATAL}Unable to verify flash chip connection (No serial data received.).",
    ),
    (
        f"Chip type: ESP32-S3 in Secure Download Mode\n\n{FATAL}Detected flash encryption and secure download mode "
        "enabled.\nFlashing plaintext binary may brick your device! Use the force argument to override the warning.",
        OWNER_ONLY,
        "Flashing plaintext binary may brick your device! Use the force argument to override the warning.",
    ),
    (
        f"{FATAL}The 'write-flash' command is not available in Secure Download Mode.",
        OWNER_ONLY,
        f"{FATAL}The 'write-flash' command is not available in Secure Download Mode.",
    ),
    (
        f"{NO_CONNECTION}The chip stopped responding.\n{VISIT}\n",  # before it has answered once
        BOOT,
        f"{NO_CONNECTION}The chip stopped responding.",
    ),
    (
        f"{FATAL}Failed to start stub flasher. There was no response.\n{VISIT}\n",
        BOOT,
        f"{FATAL}Failed to start stub flasher. There was no response.",
    ),
    (
        f"Traceback …\nStopIteration\n\n{FATAL}The chip stopped responding.",
        GONE,
        f"{FATAL}The chip stopped responding.",
    ),
    ("Something new.", "The board could not be written: take a shorter cable and a socket ", "Something new."),
    ("", "The board could not be written: take a shorter cable and a socket ", "it said nothing"),
]

# Those of mpremote 1.29.0 (transport_serial.py, commands.py); of what it does not catch, the end of the traceback
TRANSPORT = "mpremote.transport.TransportError: could not enter raw repl"
READS_NOTHING = "serial.serialutil.SerialException: device reports readiness to read but returned no data (device "
READS_NOTHING += "disconnected or multiple access on port?)"
MPREMOTE = [
    (f"mpremote: failed to access {PORT} (it may be in use by another program)\n", BUSY.format(PORT), None),
    # nobody has looked whether there is anything at an address or a name of Windows
    ("mpremote: failed to access socket://10.0.0.5:23 (it may be in use by another program)\n", ABSENT, None),
    ("mpremote: failed to access COM3 (it may be in use by another program)\n", ABSENT, None),
    ("mpremote: no device found\n", ABSENT, "no device found"),
    (f"mpremote: [Errno 13] could not open port {PORT}: [Errno 13] Permission denied: '{PORT}'", FORBIDDEN, None),
    (
        f"b''\nTraceback …\n{TRANSPORT}\n",
        f"The board at {PORT} does not answer. Unplug it, plug it in again, ",
        TRANSPORT,
    ),
    (
        f"b'AT\\r\\n'\nTraceback …\n{TRANSPORT}\n",
        f"Something answers at {PORT}, but it is not MicroPython. ",
        TRANSPORT,
    ),
    (f"Traceback …\n{READS_NOTHING}", GONE, READS_NOTHING),
    ("OSError: [Errno 5] Input/output error\n", GONE, "OSError: [Errno 5] Input/output error"),
    (
        "mpremote: timeout waiting for first EOF reception\n",
        "What the board answers is torn: close other programs ",
        None,
    ),
    ("Traceback …\nOSError: 28\n", "The board's file system is full. Remove files of your own from it ", "OSError: 28"),
    ("MemoryError: memory allocation failed", "The board is out of memory: unplug it, plug it in again, ", None),
    ("", "The board could not be talked to: unplug it, plug it in again, and repeat the command.", "it said nothing"),
]


@pytest.mark.parametrize(("said", "sentence", "line"), ESPTOOL)
def test_what_esptool_says_is_told_as_what_to_do(said, sentence, line):
    told = trouble.esptool(PORT, ESP, said)
    assert told.startswith(sentence)
    assert told.endswith(f" (esptool: {line})")


@pytest.mark.parametrize(("said", "sentence", "line"), MPREMOTE)
def test_what_mpremote_says_is_told_as_what_to_do(said, sentence, line):
    told = trouble.mpremote(PORT, said)
    assert told.startswith(sentence)
    assert told.endswith(f" (mpremote: {line or said.strip().removeprefix('mpremote: ')})")


@pytest.fixture
def taken():
    """The name of a port that another program has open, as pyserial opens it for itself."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    fcntl.flock(theirs, fcntl.LOCK_EX)
    yield os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def test_a_port_that_another_program_has(flash, taken):
    status, _, err = flash(port=taken)
    line = f"failed to access {taken} (it may be in use by another program)"
    assert (status, err) == (2, f"{BUSY.format(taken)} (mpremote: {line})\n")


def test_an_address_at_which_nobody_is(flash):
    url = f"socket://127.0.0.1:{free_port()}"
    status, _, err = flash(port=url)
    assert status == 2
    assert err.startswith(f"{url} cannot be opened. Plug the board in with a cable that carries data")
    assert err.endswith(f" (mpremote: failed to access {url} (it may be in use by another program))\n")


@pytest.fixture
def bare(tmp_path):
    """A file of MicroPython for an ESP32."""
    path = tmp_path / "ESP32_GENERIC.bin"
    path.write_bytes(esp(0))
    return path


def test_a_port_that_another_program_has_while_micropython_is_put_on_it(bare, taken, capsys):
    assert main(["--board", "esp32", "--port", taken, "--image", str(bare)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(BUSY.format(taken) + " (esptool: ([Errno 11] Could not exclusively lock port ")


def test_esptool_that_is_missing_is_named(bare, monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda tool: None if tool == "esptool" else find(tool))
    assert main(["--board", "esp32", "--port", PORT, "--image", str(bare)]) == 2
    assert capsys.readouterr().err == (
        "esptool is not installed. Repeat the command after `make clean setup`, which does that.\n"
    )
    # a board that is no ESP32, or has its MicroPython, does without
    assert main(["--board", "pico_w", "--port", "/dev/nowhere", "--image", str(bare)]) == 2
    assert capsys.readouterr().err.startswith(f"{bare} is no ")
    assert main(["--board", "esp32", "--port", "/dev/nowhere"]) == 2
    assert capsys.readouterr().err.startswith("/dev/nowhere cannot be opened. ")


def test_a_board_that_says_nothing_to_esptool(bare, capsys):
    with talker(lambda _: b"") as url:
        assert main(["--board", "esp32", "--port", url, "--image", str(bare)]) == 2
    assert capsys.readouterr().err == (
        f"Nothing answers at {url}: look at the name of the port, take a cable that carries data, hold BOOT while "
        f"plugging the board in, and repeat the command. (esptool: {NO_CONNECTION}No serial data "
        "received.)\n"
    )
