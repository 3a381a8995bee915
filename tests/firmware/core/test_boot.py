"""What a box says when it cannot start."""

import os
import subprocess

from osb_hil.firmware import build, load, micropython


def boot(folder):
    firmware = build()
    load(firmware, folder)
    return subprocess.run(
        [*micropython(), "-X", "heapsize=180k", "-m", "main"],
        cwd=firmware,
        env={**os.environ, "MICROPYPATH": f"{os.pathsep}.frozen", "OSB_HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_wrong_configuration_is_one_sentence_and_stays_as_it_is(tmp_path):
    (tmp_path / "config.json").write_text('{"box_id": "box-01", "colour": "blue"}')
    done = boot(tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith("config.json: colour is not a known key; known are ")
    assert len(done.stdout.splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.json", "slots"]
    assert (tmp_path / "config.json").read_text() == '{"box_id": "box-01", "colour": "blue"}'


def test_no_configuration_is_told_with_the_name_of_the_file(tmp_path):
    done = boot(tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith(f"{tmp_path}/config.json cannot be read: ")
