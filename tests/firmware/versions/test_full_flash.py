"""The flash of every board holds two versions, all readings and all history at once, on MicroPython's own littlefs."""

import json
from pathlib import Path

import pytest
from board import release_of, run

from osb_hil import boards, firmware
from osb_hil.flash.settings import first
from osb_hub.firmware import keys, release

HERE = Path(__file__).parent
SPARE = 4  # blocks of 4 kB: littlefs writes the new content of a file before it gives up the old


def with_flash():
    """Boards by the room they have; the smallest of each tier is always tried."""
    found = [(boards.load(name).filesystem_bytes, name) for name in boards.names()]
    tiers = set()
    for _, name in sorted(one for one in found if one[0]):
        tier = boards.load(name).tier
        yield pytest.param(name, marks=[pytest.mark.soak] if tier in tiers else [])
        tiers.add(tier)


@pytest.mark.parametrize("name", list(with_flash()))
def test_two_versions_and_all_data_fit_with_room_to_spare(tmp_path, name):
    board = boards.load(name)
    keys.generate(tmp_path / "first.pem", None)
    private = keys.private_key(tmp_path / "first.pem", None)
    (tmp_path / "site").mkdir()
    firmware.packed(firmware.compiled(board.tier), tmp_path / "flashed")
    for number in (7, 8):
        # another version of every file of code: none of its parts is there already
        built = release_of(firmware.compiled(board.tier), tmp_path / f"built{number}", number)
        made = release.make(built, tmp_path / str(number), private, number, f"0.{number}.0", ["linux"])
        release.publish(made, tmp_path / "site")
    outbox = first(name, board)["outbox_max_bytes"]
    done = run(HERE / "full_flash.py", tmp_path, board.filesystem_bytes // 4096, outbox, heap="64m")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    print(name, board.filesystem_bytes // 4096, found)
    assert (found["release"], found["previous"]) == (8, "b")
    assert found["least"] >= SPARE
