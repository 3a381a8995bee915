"""MicroPython from the internet: the pinned file with the right checksum, or nothing."""

import functools
import hashlib
import http.server
import threading

import pytest
from images import uf2

from osb_hil.boards import load
from osb_hil.flash import FlashError, download

PICO, ESP = load("pico_w"), load("esp32")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """The folder of firmware of a web server that stands in for micropython.org."""
    folder = tmp_path / "site" / "resources" / "firmware"
    folder.mkdir(parents=True)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(download, "SITE", f"http://127.0.0.1:{server.server_port}")
    yield folder
    server.shutdown()
    server.server_close()


def not_fetched(board, sha256, folder):
    with pytest.raises(FlashError) as caught:
        download.fetch(board.image, sha256, folder)
    return str(caught.value)


def test_what_is_downloaded_is_the_pinned_file_or_nothing(site, tmp_path):
    name = "RPI_PICO_W-20260406-v1.28.0.uf2"
    (site / name).write_bytes(uf2())
    good = hashlib.sha256(uf2()).hexdigest()
    assert not_fetched(PICO, "0" * 64, tmp_path / "images").startswith(
        f"What came as {name} has another SHA-256 than {'0' * 64} and was thrown away: repeat the command"
    )
    assert not (tmp_path / "images").exists()
    path = download.fetch(PICO.image, good, tmp_path / "images")
    assert path.read_bytes() == uf2()
    (site / name).unlink()
    assert download.fetch(PICO.image, good, tmp_path / "images") == path  # no second time
    path.write_bytes(b"damaged")
    said = not_fetched(PICO, good, tmp_path / "images")
    assert said.startswith(f"{name} cannot be downloaded (")
    assert said.endswith("and repeat the command with --image and the file.")


def test_a_folder_that_cannot_be_written(site, tmp_path):
    (site / "RPI_PICO_W-20260406-v1.28.0.uf2").write_bytes(uf2())
    (tmp_path / "images").write_text("a file of somebody's")
    assert not_fetched(PICO, hashlib.sha256(uf2()).hexdigest(), tmp_path / "images") == (
        f"{tmp_path}/images on this computer cannot be written (File exists): make room on its disk, or move to "
        "another one, and repeat the command."
    )


def test_nothing_is_downloaded_without_a_checksum(tmp_path):
    assert not_fetched(ESP, None, tmp_path) == (
        "No checksum of ESP32_GENERIC 1.28.0 is known here, so it is not downloaded unseen: download MicroPython "
        "1.28.0 for ESP32_GENERIC from https://micropython.org/resources/firmware/ESP32_GENERIC-20260406-v1.28.0.bin, "
        "and repeat the command with --image and the file, or with --download and --sha256."
    )


def test_options_of_the_image_that_do_not_go_together(flash):
    assert flash("--sha256", "0" * 64)[1:] == (
        "",
        "--sha256 is of no use without an image: add --image or --download.\n",
    )
    assert flash("--image", "x.uf2", "--download")[2] == (
        "--image is a file that is here, --download fetches one: leave one of them out.\n"
    )
