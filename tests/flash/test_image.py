"""The file of MicroPython: what fits a board, what does not, and how it gets there."""

import hashlib
import shutil

import pytest
from images import esp, uf2
from nobody import as_nobody

from osb_hil.boards import load
from osb_hil.flash import FlashError, image
from osb_hil.flash.image import checked, install

PICO, PICO2, ESP = load("pico_w"), load("pico2_w"), load("esp32")


@pytest.fixture
def file(tmp_path):
    """file(content) -> its path."""

    def write(content):
        path = tmp_path / "given.bin"
        path.write_bytes(content)
        return path

    return write


def refused(board, path, sha256=None):
    with pytest.raises(FlashError) as caught:
        checked(board.image, board.chip, path, sha256)
    return str(caught.value)


def test_images_that_fit_are_taken(file):
    assert checked(PICO.image, PICO.chip, file(uf2())) == uf2()
    assert checked(PICO2.image, PICO2.chip, file(uf2(0xE48BFF59)))
    # a block for another chip before (the RP2350's for erratum E10) is passed over
    assert checked(PICO2.image, PICO2.chip, file(uf2(0xE48BFF57, 1) + uf2(0xE48BFF59)))
    for name, chip in (("esp32", 0), ("esp32_c3", 5), ("esp32_s3", 9)):  # esptool, IMAGE_CHIP_ID
        board = load(name)
        assert checked(board.image, board.chip, file(esp(chip)))
    assert checked(ESP.image, ESP.chip, file(esp(0, at=0x1000)))  # one that begins at address 0
    content = uf2()
    assert checked(PICO.image, PICO.chip, file(content), hashlib.sha256(content).hexdigest()) == content


def test_a_file_that_does_not_fit_says_which_would(file, tmp_path):
    path = file(b"")
    assert refused(PICO, path) == f"{path} is empty: download RPI_PICO_W 1.28.0 again."
    assert refused(PICO, tmp_path / "none") == (
        f"{tmp_path}/none cannot be read (No such file or directory): give --image the file of RPI_PICO_W."
    )
    assert refused(PICO, file(uf2(0xE48BFF59))) == (
        f"{path} is for another chip (family e48bff59): this board needs RPI_PICO_W."
    )
    assert refused(PICO, file(uf2()[:-100])) == f"{path} is no whole UF2 file: download RPI_PICO_W again."
    assert refused(PICO, file(b"<!DOCTYPE html>".ljust(512))) == (
        f"{path} is no UF2 file, or damaged at byte 0: download RPI_PICO_W again."
    )
    damaged = bytearray(uf2(0xE48BFF59, 1) + uf2())
    damaged[512 + 508] ^= 1
    assert refused(PICO, file(damaged)) == f"{path} is no UF2 file, or damaged at byte 512: download RPI_PICO_W again."
    assert refused(PICO, file(uf2()), "0" * 64) == (
        f"{path} is damaged or another file: its SHA-256 is not {'0' * 64}. Download it again."
    )
    assert refused(ESP, file(uf2())) == f"{path} is no image for an ESP32: download ESP32_GENERIC again."
    assert refused(ESP, file(esp(0)[:20])) == f"{path} is no image for an ESP32: download ESP32_GENERIC again."
    assert refused(ESP, file(esp(9))) == f"{path} is for esp32s3: this board needs ESP32_GENERIC."
    assert refused(ESP, file(esp(13))) == f"{path} is for another chip: this board needs ESP32_GENERIC."  # ESP32-C6


def test_a_block_cut_off_at_its_border_is_seen(file):
    path = file(uf2(blocks=5)[: 4 * 512])
    assert refused(PICO, path) == f"{path} is no whole UF2 file: download RPI_PICO_W again."


def told(board, port, path):
    with pytest.raises(FlashError) as caught:
        install(board, port, path)
    return str(caught.value)


@pytest.mark.usefixtures("bootloader")
def test_a_board_in_boot_mode_gets_its_image(file, drive):
    install(PICO, "/dev/null", file(uf2()))
    assert (drive / "RPI_PICO_W.uf2").read_bytes() == uf2()


def test_a_board_that_is_not_in_boot_mode(file, monkeypatch, tmp_path):
    monkeypatch.setattr(image, "drive", lambda: None)  # somebody's own Pico may be in this machine
    assert told(PICO, "/dev/null", file(uf2())) == (
        "The board is not in boot mode: unplug it, hold its BOOTSEL button while plugging it in, wait for the drive to "
        "appear, and repeat the command."
    )


def test_the_drive_is_found_where_systems_mount_it(tmp_path, monkeypatch):
    for below in ("", "RPI-RP2", "user/RPI-RP2"):
        base = tmp_path / ("base" + below.replace("/", ""))
        (base / below).mkdir(parents=True)
        (base / below / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\n")
        monkeypatch.setenv("OSB_BOOT_DRIVE", str(base))
        assert image.drive() == base / below


def test_the_boot_drive_of_another_chip_gets_nothing(file, drive):
    info = drive / "INFO_UF2.TXT"
    wrong = "repeat the command with the --board for the chip that is there, or with the right board in boot mode."
    assert told(PICO2, "/dev/null", file(uf2(0xE48BFF59))) == (
        f"{drive} is the drive of an RP2040, and Raspberry Pi Pico 2 W has an RP2350: {wrong}"
    )
    info.write_text("UF2 Bootloader v1.0\nModel: Raspberry Pi RP2350\nBoard-ID: RP2350\n")  # as a Pico 2 W has it
    assert told(PICO, "/dev/null", file(uf2())) == (
        f"{drive} is the drive of an RP2350, and Raspberry Pi Pico W has an RP2040: {wrong}"
    )
    assert [path.name for path in drive.iterdir()] == ["INFO_UF2.TXT"]


@pytest.mark.usefixtures("bootloader")
def test_a_board_whose_drive_has_a_name_of_its_maker_gets_its_image(file, drive):
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader v1.0\nModel: Some Maker\nBoard-ID: SOME-BOARD\n")
    install(PICO2, "/dev/null", file(uf2(0xE48BFF59)))
    assert (drive / "RPI_PICO2_W.uf2").read_bytes() == uf2(0xE48BFF59)


def test_a_drive_that_is_full_or_does_not_take_the_image(file, drive, monkeypatch):
    path = file(uf2())
    again = "unplug the board, plug it in again with BOOTSEL held, mount its drive for writing, and repeat the command."
    (drive / "RPI_PICO_W.uf2").symlink_to("/dev/full")
    assert told(PICO, "/dev/null", path) == f"{drive} cannot be written (No space left on device): {again}"
    (drive / "RPI_PICO_W.uf2").unlink()
    drive.chmod(0o555)
    content = path.read_bytes()
    with as_nobody(), pytest.raises(FlashError) as caught:
        image._by_drive(PICO, content)
    drive.chmod(0o755)
    assert str(caught.value) == f"{drive} cannot be written (Permission denied): {again}"
    monkeypatch.setattr(image, "_DRIVE_S", 0.2)
    assert told(PICO, "/dev/null", path) == (
        f"The board has the image at {drive} and does not start it: unplug it, plug it in again with BOOTSEL held, and "
        "repeat the command."
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 0, 100))
    assert told(PICO, "/dev/null", path) == (
        f"{drive} has no room for the image: is it the board's own drive? Unplug other boards, and set OSB_BOOT_DRIVE "
        "to the right one."
    )


WRONG_CHIP = "ERROR: A fatal error occurred: This chip is ESP32-S3, not ESP32. Wrong chip argument?"


def test_esptool_erases_and_writes_where_the_boot_loader_begins(file, esptool):
    calls = esptool()
    path = file(esp(0))
    install(ESP, "/dev/null", path)
    head = "--chip esp32 --port /dev/null "
    # as micropython.org tells, in one: `erase-flash` alone would not look whether the image fits
    assert calls.read_text() == f"{head}write-flash --erase-all 0x1000 {path}\n"


def test_esptool_that_fails_ends_it(file, esptool):
    calls = esptool(WRONG_CHIP, 2)
    assert told(ESP, "/dev/null", file(esp(0))) == (
        "At /dev/null is another chip than that of ESP32 DevKitC (WROOM-32): repeat the command with the --board for "
        f"the chip that is there, or with the right --port. (esptool: {WRONG_CHIP})"
    )
    assert len(calls.read_text().splitlines()) == 1  # nothing is written to it
    assert told(ESP, "/dev/nowhere", file(esp(0))).startswith("/dev/nowhere cannot be opened. Plug the board in ")
