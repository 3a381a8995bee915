"""The sum of a year, in its short form: exact with the firmware, and off as soon as the firmware loses a watt-hour."""

import shutil

from osb_hil.budgets import year
from osb_hil.firmware import ROOT

DAYS = 13  # with a power cut


def test_days_add_up_to_what_the_counters_went_and_a_lost_watt_hour_is_told(tmp_path):
    for base in ("firmware", "wire"):
        shutil.copytree(ROOT / base, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("site", "*.json"))
    found = year.measure(tmp_path, DAYS)
    assert found["energy of a year [Wh]"] > 5_000_000
    assert found["energy of a year: worst counter off by [Wh]"] == 0
    record = tmp_path / "osb_box" / "history" / "record.py"
    right = record.read_text()
    record.write_text(right.replace("flowed[i] = wh - part", "flowed[i] = wh - part; part -= part == 1000"))
    assert record.read_text() != right
    assert year.measure(tmp_path, DAYS)["energy of a year: worst counter off by [Wh]"] > 0
