"""Whole days with other homes, dates and prices than the default: every promise must hold (`make soak`)."""

import subprocess
import sys
from pathlib import Path

import pytest

from test_day import price_file


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("homes", "seed", "date", "spot"),
    [
        (12, 2, (2026, 1, 20), None),
        (9, 3, (2026, 2, 10), None),
        (6, 4, (2026, 3, 29), None),  # 92 slots
        (12, 5, (2026, 10, 25), None),  # 100 slots
        (8, 6, (2026, 12, 3), lambda hour: -20 if 11 <= hour < 15 else 60 + 4 * hour),  # negative at noon
    ],
)
def test_a_day_keeps_its_promises(tmp_path, homes, seed, date, spot):
    options = ["--homes", homes, "--seed", seed, "--day", "{}-{:02}-{:02}".format(*date)]
    if spot:
        price_file(tmp_path / "prices.csv", *date, spot)
        options += ["--prices", tmp_path / "prices.csv"]
    vpp = Path(sys.executable).parent / "vpp"
    done = subprocess.run(
        [vpp, "demo", "--out", tmp_path / "out", *map(str, options)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
