"""`./flash.sh` itself, of the next version and from another folder: what a user does after `git pull`."""

import json
import re
import subprocess

import pytest
from checkouts import VERSION, environment, next_version
from desk_board import NAME

CHANGED = {"slots/a.manifest", "slots/a.pack"}


def held(folder):
    """{path: (content, when it was written)}"""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.mark.usefixtures("flashed")
def test_the_next_version_is_all_that_is_written_and_settings_and_secrets_stay(flash, board, tmp_path):
    (tmp_path / "release.key").write_text("b" * 768 + "\n")
    status, _, err = flash("--hub", "hub.example", "--hub-plain", "--update-key", str(tmp_path / "release.key"))
    assert (status, err) == (0, "")
    before = held(board.files)
    checkout = next_version(tmp_path / "next")
    desk = tmp_path / "desk"
    desk.mkdir()
    done = subprocess.run(
        [
            *(checkout / "flash.sh", "--board", NAME, "--port", board.port),
            *("--boards", tmp_path / "boards", "--account", "accounts"),
        ],
        env=environment(checkout),
        cwd=desk,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"write 2 of \d+ files, remove 0\nkeep its settings\n", done.stdout)  # and nothing of make's
    assert f"\n{VERSION} is there; its settings are those of a new box.\n" in done.stdout
    after = held(board.files)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == CHANGED
    manifest = json.loads(after["slots/a.manifest"][0].splitlines()[0])
    assert manifest["version"] == VERSION
    user, _, _ = (desk / "accounts").read_text().partition(":")  # where the user was
    config = json.loads(before["config.json"][0])
    assert user == config["box_id"]
    assert f"The code for its label: {config['web']['token']} (as before)\n" in done.stdout
