"""Every board's data against what the chips' makers publish."""

import json
import re

import pytest

from osb_hil import firmware
from osb_hil.boards import BOARDS, BoardError, load, names

# Pins that a chip has and that nothing else of the board needs.
FREE = {
    # Raspberry Pi Pico W datasheet, section 2.1: GP23-25 and 29 belong to the radio; 26-28 are the analogue ones
    "rp2040": {*range(23), 26, 27, 28},
    "rp2350": {*range(23), 26, 27, 28},
    # ESP32-WROOM-32 datasheet, table 3: 6-11 are the flash; 1 and 3 the console
    "esp32": {0, 2, 4, 5, *range(12, 20), 21, 22, 23, 25, 26, 27, 32, 33, 34, 35, 36, 39},
    # ESP32-S3-WROOM-1 datasheet, section 3: 26-32 flash, 33-37 octal PSRAM, 19 and 20 USB, 43 and 44 console
    "esp32s3": {*range(19), 21, 38, 39, 40, 41, 42, 45, 46, 47, 48},
    # ESP32-C3 datasheet, table 1: 11-17 are the flash, 18 and 19 USB, 20 and 21 the console
    "esp32c3": {*range(11)},
}
ONLY_INPUT = {"esp32": {34, 35, 36, 39}}  # ESP32 datasheet, appendix A
ANALOGUE = {  # of the converter that works beside Wi-Fi
    "rp2040": {26, 27, 28},
    "rp2350": {26, 27, 28},
    "esp32": {32, 33, 34, 35, 36, 39},
    "esp32s3": set(range(1, 11)),
    "esp32c3": {0, 1, 2, 3, 4},
}
# RP2040 datasheet, table 2 (function 2), and RP2350 datasheet, table 3: (uart, tx) and (uart, rx)
RP2_TX = {(0, 0), (0, 12), (0, 16), (1, 4), (1, 8), (1, 20)}
RP2_RX = {(0, 1), (0, 13), (0, 17), (1, 5), (1, 9), (1, 21)}
RP2_I2C = {(0, 0, 1), (0, 4, 5), (0, 8, 9), (0, 12, 13), (0, 16, 17), (0, 20, 21)} | {
    (1, 2, 3), (1, 6, 7), (1, 10, 11), (1, 14, 15), (1, 18, 19), (1, 26, 27)
}  # fmt: skip
FLASH = {"rp2040": 2 << 20, "rp2350": 4 << 20, "esp32": 4 << 20, "esp32s3": 8 << 20, "esp32c3": 4 << 20}
# MicroPython 1.28.0: MICROPY_HW_FLASH_STORAGE_BYTES of RPI_PICO_W and RPI_PICO2_W; on an ESP32 what is behind the last
# partition of partitions-4MiBplus.csv (0x10000 + 0x1F0000), as ports/esp32/main.c makes it
FILES = {
    "rp2040": 848 * 1024,
    "rp2350": FLASH["rp2350"] - 1536 * 1024,
    "esp32": FLASH["esp32"] - 0x200000,
    "esp32s3": FLASH["esp32s3"] - 0x200000,
    "esp32c3": FLASH["esp32c3"] - 0x200000,
}
UF2_FAMILY = {"rp2040": 0xE48BFF56, "rp2350": 0xE48BFF59}  # the register of UF2 families; 2350: Arm, secure
WATCHDOG_MS = {"rp2040": 8388, "rp2350": 16777}  # MicroPython's documentation of machine.WDT


def test_the_boards_that_were_promised_are_there():
    assert names() == ["esp32", "esp32_c3", "esp32_s3", "linux", "pico2_w", "pico_w"]


@pytest.mark.parametrize("name", names())
def test_a_board_uses_what_its_chip_has(name):
    board = load(name)
    assert (board.chip is None) == (board.port == "unix")
    if board.chip is None:
        assert all(uart.path for uart in board.uarts)
        return
    assert set(board.pins().values()) <= FREE[board.chip]
    out = {place.pin for place in board.relays} | {pin for u in board.uarts for pin in (u.tx, u.de) if pin is not None}
    assert not out & ONLY_INPUT.get(board.chip, set())
    assert {place.pin for place in board.analogue} <= ANALOGUE[board.chip]
    assert board.flash_bytes == FLASH[board.chip]
    assert board.filesystem_bytes == FILES[board.chip]
    assert board.image.family == UF2_FAMILY.get(board.chip)
    assert board.watchdog_ms <= WATCHDOG_MS.get(board.chip, 30000)
    assert board.watchdog_ms >= 8000  # the supervisor feeds it every second, and a TLS handshake takes up to 2.4 s
    if board.port == "rp2":
        assert {(u.id, u.tx) for u in board.uarts if u.tx is not None} <= RP2_TX
        assert {(u.id, u.rx) for u in board.uarts} <= RP2_RX
        assert (board.i2c.id, board.i2c.sda, board.i2c.scl) in RP2_I2C
    assert len({u.id for u in board.uarts}) == len(board.uarts)


@pytest.mark.parametrize("name", names())
def test_a_board_tells_how_to_wire_it(name):
    text = (BOARDS / name / "README.md").read_text()
    board = load(name)
    wiring = text.partition("## Wiring")[2].partition("\n## ")[0]
    _, drawing, table = wiring.split("```") if board.chip else ("", "", "")
    for use, pin in board.pins().items():
        label = f"GP{pin}" if board.port == "rp2" else f"GPIO{pin}"
        assert re.search(rf"\b{label}\b", drawing), f"{use} on {label} is not in the drawing of {name}"
        assert f"| {label} | " in table, f"{use} on {label} is not in the table of {name}"
    if board.filesystem_bytes:
        assert f"| file system | {board.filesystem_bytes // 1024:,} kB |" in text
    for heading in ("## Wiring", "## Parts", "## Limits"):
        assert heading in text


def test_what_the_device_gets_is_small_and_enough():
    told = json.loads(load("pico_w").for_device())
    assert told["uarts"][0] == {"name": "rs485", "id": 0, "tx": 0, "rx": 1, "de": 2}
    assert told["uarts"][1] == {"name": "p1", "id": 1, "rx": 5, "invert_rx": True, "rxbuf": 8192}
    assert len(load("pico_w").for_device()) < 600


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"relays": [{"name": "relay1", "pin": 5}]}, "pin 5 is used by p1.rx and relay1: give each a pin of its own"),
        ({"led": 99}, "led"),
        ({"tier": "huge"}, "tier: Input should be 'core' or 'full'"),
        ({"watchdog": 1}, "watchdog: Extra inputs are not permitted"),
        ({"chip": "esp32c3"}, "an esp32c3 has no pulse counter: leave pulses empty"),
        ({"image": {"name": "X", "version": "1.28.0", "method": "uf2"}}, "a uf2 image needs `family`"),
    ],
)
def test_a_mistake_is_named(tmp_path, change, sentence):
    data = json.loads((BOARDS / "pico_w" / "board.json").read_text()) | change
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "board.json").write_text(json.dumps(data))
    with pytest.raises(BoardError) as caught:
        load("mine", tmp_path)
    assert str(caught.value).startswith("boards/mine/board.json: ")
    assert sentence in str(caught.value)


def test_a_board_that_is_not_there():
    with pytest.raises(BoardError, match=r"^pico3 is not a board: there are esp32, esp32_c3, "):
        load("pico3")


def test_a_smaller_tier_lacks_what_it_says_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setitem(
        firmware.TIERS, "core", {"mpy_cross": [], "without": ["osb_box/history/", "osb_box/web/metrics"]}
    )
    full = {p.relative_to(tmp_path / "f") for p in firmware.compiled("full", tmp_path / "f").rglob("*.*")}
    core = {p.relative_to(tmp_path / "c") for p in firmware.compiled("core", tmp_path / "c").rglob("*.*")}
    lacks = {str(path) for path in full - core}
    assert {"osb_box/history/files.mpy", "osb_box/web/metrics.mpy"} <= lacks
    assert all(name.startswith(("osb_box/history/", "osb_box/web/metrics")) for name in lacks)
    assert not core - full


def test_what_tiers_leave_out_is_there(tmp_path):
    for tier in firmware.TIERS.values():
        for name in tier["without"]:
            assert list((firmware.ROOT / "firmware").glob(name.rstrip("/") + "*")), name
