"""Part of a demo day, and its report held against the emulated meters' own logs, worked out here and not by the hub."""

import csv
import json
import sqlite3
import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

ZONE = ZoneInfo("Europe/Brussels")
SLOT = 900
# the default tariff, as docs/files.md states it
FEE, VAT, MARGIN = 160.0, 1.06, 5.0
# the story of the demo: at 13:00 the evening (17 to 21 h) becomes 1.3 times as dear, the night (21 to 24 h) 0.9 times
REVISED = {**dict.fromkeys(range(17, 21), 1.3), **dict.fromkeys(range(21, 24), 0.9)}


def local(year, month, day, hour, minute=0):
    return int(datetime(year, month, day, hour, minute, tzinfo=ZONE).timestamp())


def price_file(path: Path, year, month, day, spot_of_hour):
    """One local day, hour by hour; 23 or 25 rows when the clock changes."""
    begin = datetime(year, month, day, tzinfo=ZONE)
    t, end = begin.timestamp(), (begin + timedelta(days=1)).timestamp()
    lines = ["start,eur_per_mwh"]
    while t < end:
        clock = datetime.fromtimestamp(t, ZONE)
        lines.append(f"{clock.isoformat()},{spot_of_hour(clock.hour)}")
        t += 3600
    path.write_text("\n".join(lines) + "\n")


def demo(out: Path, *options):
    vpp = Path(sys.executable).parent / "vpp"
    done = subprocess.run(
        [vpp, "demo", "--out", out, "--json", *map(str, options)], capture_output=True, text=True, timeout=850
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads((out / "report.json").read_text())


class Meters:
    """meters.csv of the bench: counters of every home, minute by minute."""

    def __init__(self, path: Path):
        self.wh = defaultdict(dict)
        with path.open() as file:
            for row in csv.DictReader(file):
                self.wh[row["home"]][int(row["t"])] = {k: float(v) for k, v in row.items() if k.endswith("_wh")}
        times = sorted(next(iter(self.wh.values())))
        self.start, self.end = times[0], times[-1]

    def counted(self, home, counter, begin, end):
        return self.wh[home][end][counter] - self.wh[home][begin][counter]

    def net_w(self, home, slot):
        bought, sold = (self.counted(home, f"grid_{way}_wh", slot, slot + SLOT) for way in ("import", "export"))
        return (bought - sold) * 3600 / SLOT

    def slots(self):
        return range(self.start, self.end, SLOT)


CASES = {
    "default": (["--homes", 4, "--seed", 1, "--start-hour", 16, "--hours", 7], (2026, 1, 15), lambda hour: None),
    "a longer day, other homes, dear nights": (
        ["--homes", 3, "--seed", 7, "--start-hour", 1, "--hours", 3],
        (2026, 10, 25),
        lambda hour: 150 if hour < 6 else 40 + hour,
    ),
}


SOAK = {name: pytest.mark.soak for name in CASES if name != "default"}  # minutes


@pytest.fixture(
    scope="module", params=[pytest.param(case, id=name, marks=SOAK.get(name, ())) for name, case in CASES.items()]
)
def day(request, tmp_path_factory):
    options, date, spot = request.param
    folder = tmp_path_factory.mktemp("day")
    if spot(0) is not None:
        price_file(folder / "prices.csv", *date, spot)
        options = [*options, "--prices", folder / "prices.csv"]
        prices = folder / "prices.csv"
    else:
        prices = Path(__file__).parents[2] / "hub" / "osb_hub" / "demo" / "prices_winter_day.csv"
    code, report = demo(folder / "out", *options)
    with prices.open() as file:
        rows = [row for row in csv.reader(file) if row and not row[0].startswith(("#", "start"))]
    known = {int(datetime.fromisoformat(start).timestamp()): float(price) for start, price in rows}
    return folder / "out", code, report, Meters(folder / "out" / "bench" / "meters.csv"), known


def spot_at(known, slot):
    begin = max(t for t in known if t <= slot)
    return known[begin] * REVISED.get(datetime.fromtimestamp(slot, ZONE).hour, 1.0)


def test_promises_that_need_no_whole_day_are_kept(day):
    _, _, report, _, _ = day
    for promise in ("comfort", "nothing_lost", "meters_agree", "feeder_kept", "cap_kept", "no_rebound"):
        assert report["promises"].get(promise, True), report["promise_sentences"][promise]


def test_peaks_and_energy_are_those_of_the_meters(day):
    _, _, report, meters, _ = day
    street = {slot: sum(meters.net_w(home, slot) for home in meters.wh) for slot in meters.slots()}
    assert len(street) == report["slots"]
    assert report["peak_kw"]["dispatched"] == pytest.approx(max(street.values()) / 1000, abs=0.002)
    date = datetime.fromtimestamp(meters.start, ZONE)
    begin, end = (local(date.year, date.month, date.day, *clock) for clock in ((17, 0), (20, 30)))
    under_cap = [watts for slot, watts in street.items() if begin <= slot < end]
    if under_cap:
        assert report["peak_in_cap_window_kw"]["dispatched"] == pytest.approx(max(under_cap) / 1000, abs=0.002)
    kwh = sum(street.values()) * SLOT / 3600 / 1000
    assert report["energy_kwh"]["dispatched"] == pytest.approx(kwh, abs=0.02)


def test_the_bill_is_what_the_meters_and_the_price_file_make_of_it(day):
    _, _, report, meters, known = day
    bill = 0.0
    for home in meters.wh:
        for slot in meters.slots():
            mwh, spot = meters.net_w(home, slot) * SLOT / 3600 / 1e6, spot_at(known, slot)
            bill += mwh * ((spot + FEE) * VAT if mwh > 0 else min(spot - MARGIN, (spot + FEE) * VAT))
    assert report["bill_eur"]["dispatched"] == pytest.approx(bill, abs=0.02)


def test_what_the_hub_stored_is_what_the_meters_counted(day):
    out, _, report, meters, _ = day
    store = sqlite3.connect(f"file:{out / 'hub.sqlite'}?mode=ro", uri=True)
    try:
        stored = dict(
            ((box, point), wh)
            for box, point, wh in store.execute("select box, point, sum(value) from interval group by box, point")
        )
        readings = store.execute("select count(*) from reading").fetchone()[0]
    finally:
        store.close()
    for home in meters.wh:
        for point, counter in (("grid.import", "grid_import_wh"), ("grid.export", "grid_export_wh")):
            counted = meters.counted(home, counter, meters.start, meters.end)
            assert stored[home, point] == pytest.approx(counted, rel=0.005, abs=3)
    assert report["readings"]["stored"] == readings == report["readings"]["sent"]


def test_the_link_that_failed_lost_nothing(day):
    _, _, report, _, _ = day
    for fault in report["faults"]:
        if fault["kind"] == "link" and "restored" in fault["ended"]:
            assert "backlog was empty" in fault["ended"]


def test_the_same_seed_is_the_same_day(tmp_path):
    """Simulated time waits for everyone, so how fast the machine is changes nothing."""
    logs = []
    for run in ("first", "second"):
        demo(tmp_path / run, "--homes", 3, "--seed", 2, "--start-hour", 17, "--hours", 1)
        logs.append((tmp_path / run / "bench" / "meters.csv").read_bytes())
    assert logs[0] == logs[1]
