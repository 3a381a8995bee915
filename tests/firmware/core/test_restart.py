"""A restart that was promised comes, whatever memory is left by then."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from osb_hil.firmware import ROOT, micropython

RESET_STATUS = 3  # "start me again"


def restarts(home, when):
    home.mkdir()
    path = os.pathsep.join(str(ROOT / part) for part in ("firmware", "wire"))
    return subprocess.run(
        [*micropython(), "-X", "heapsize=120k", str(Path(__file__).with_name("restart_box.py")), when],
        env={**os.environ, "MICROPYPATH": f"{path}{os.pathsep}.frozen", "OSB_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_memory_that_is_short_when_the_time_has_come_costs_neither_the_restart_nor_what_waits_nor_the_reason(tmp_path):
    done = restarts(tmp_path / "box", "after")
    assert done.returncode == RESET_STATUS, done.stdout + done.stderr
    assert done.stdout == "saved\n"
    record = json.loads((tmp_path / "box" / "slots.json").read_bytes()[9:])
    assert record["note"] == [False, "settings were changed"]  # and so it is no crash


@pytest.mark.parametrize("when", ["before", "last resort"])
def test_without_any_memory_it_restarts_all_the_same(tmp_path, when):
    assert restarts(tmp_path / "box", when).returncode == RESET_STATUS
