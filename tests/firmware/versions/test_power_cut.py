"""The power goes at a flash write of a day's work: the box starts, nothing promised is lost, nothing counts twice."""

import json
import random
from pathlib import Path

import pytest
from board import config, run

from osb_hil import pack
from osb_hub.firmware import keys, release

HERE = Path(__file__).parent


@pytest.fixture
def releases(tmp_path):
    """A small version as it is flashed, two signed releases of it, and the settings of a box that believes them."""
    (tmp_path / "site").mkdir()
    keys.generate(tmp_path / "first.pem", None)
    private = keys.private_key(tmp_path / "first.pem", None)
    for number in (0, 7, 8):
        files = {}
        for i, name in enumerate(("app", "build", "cycle", "net/dial", f"only{number}")):
            salt = number if i < 2 else 0
            files[f"osb_box/{name}.mpy"] = b"M\x06" + random.Random(f"{i} {salt}").randbytes(400 + 800 * i)
        built = tmp_path / (f"built{number}" if number else "flashed")
        for path, content in pack.flash(files, f"0.{number}.0").items():
            (built / path).parent.mkdir(parents=True, exist_ok=True)
            (built / path).write_bytes(content)
        if number:
            made = release.make(built, tmp_path / str(number), private, number, f"0.{number}.0", ["linux"])
            release.publish(made, tmp_path / "site")
    settings = config(8080)
    settings["update"] = None
    (tmp_path / "config.json").write_text(json.dumps(settings))
    return tmp_path


def cut(releases, seed, step):
    done = run(HERE / "power_day.py", releases, seed, step, heap="200m", timeout=3000)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_day_cut_at_some_of_its_writes(releases, record_property):
    found = cut(releases, 1, 61)
    record_property("power_cut", found)
    print(found)
    assert found["readings"] == 1440
    assert found["cuts"] >= 60
    assert found["updates"] >= 10
    assert found["fetched"] < found["updates"] * 3000  # what had come before the cut is not fetched again


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_cut_at_every_write(releases, seed):
    found = cut(releases, seed, 1)
    print(found)
    assert found["cuts"] == found["writes"]
