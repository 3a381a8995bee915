"""The bench's own record against an independent sum over its meters."""

import csv
import json

import pytest

from osb_hil.home.home import Home
from osb_hil.truth import Truth

CHANNELS = ("base_w", "heat_pump_w", "tank_w", "ev_w", "battery_w", "pv_w")


def record(street, folder, start, end, homes=6):
    """A street whose homes heat no water and charge no car, beside plain twins."""
    ours = street(start, end, homes=homes, seed=4)
    twins = [Home(home.spec, home.inputs) for home in ours.homes]
    truth = Truth(folder, start, end, 60, "Europe/Brussels", 4, ours.homes, twins)
    for t in range(start, end, 60):
        for home, twin, plain in zip(ours.homes, twins, ours.plain, strict=True):
            home.step(t, 60)
            twin.controls = plain.controls(t, twin.flows)
            twin.step(t, 60)
        truth.observe(t + 60)
    truth.set_box("box-01", {"interpreter": "x"})
    truth.set_faults([{"kind": "meter"}])
    truth.set_accelerated({"journal": 4})
    return json.loads(truth.write().read_text()), ours.homes


def test_slots_meters_and_rows_tell_the_same_story(street, day_start, tmp_path):
    start = day_start(2026, 1, 15)
    truth, homes = record(street, tmp_path, start, start + 86400)
    with (tmp_path / "meters.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 * 1441
    for home, live in zip(truth["homes"], homes, strict=True):
        own = [row for row in rows if row["home"] == home["id"]]
        bought = float(own[-1]["grid_import_wh"]) - float(own[0]["grid_import_wh"])
        sold = float(own[-1]["grid_export_wh"]) - float(own[0]["grid_export_wh"])
        meters = home["meters"]
        assert meters["grid.import"]["end_wh"] - meters["grid.import"]["start_wh"] == pytest.approx(bought, abs=0.01)
        assert meters["grid.import"]["end_wh"] == pytest.approx(live.counters.grid_import_wh, abs=0.001)
        for side in ("dispatched", "twin"):
            slots = home[side]
            for i, net in enumerate(slots["net_w"]):
                assert sum(slots[name][i] for name in CHANNELS) == pytest.approx(net, abs=4)  # six roundings
        assert sum(home["dispatched"]["net_w"]) / 4 == pytest.approx(bought - sold, abs=12.0)  # 96 x 0.5 W x 15 min
        assert len(home["band_min_mc"]) == 96
        assert set(home["dispatched"]["store_end_wh"]) == {"room" if p == "heat_pump" else p for p in home["has"]} - {
            "pv"
        }
    assert truth["homes"][0]["box"] == {"interpreter": "x"}
    assert truth["faults"] == [{"kind": "meter"}]
    assert truth["accelerated"] == {"journal": 4}


def test_stored_energy_is_told_as_what_it_costs_at_the_plug(street, day_start, tmp_path):
    start = day_start(2026, 1, 15)
    truth, homes = record(street, tmp_path, start, start + 86400)
    with_car = next(i for i, home in enumerate(homes) if home.spec.ev)
    home, live = truth["homes"][with_car], homes[with_car]
    dispatched, twin = home["dispatched"], home["twin"]
    assert dispatched["store_start_wh"] == twin["store_start_wh"]
    # never charged: at the end it lacks the day's trip, and one Wh in the car cost 1 / 0.9 Wh at the plug
    lacking = twin["store_end_wh"]["ev"] - dispatched["store_end_wh"]["ev"]
    assert lacking == pytest.approx(live.inputs.trips[0].wh / 0.9, abs=1.0)
    assert dispatched["ev_wh"][-1] == pytest.approx(live.spec.ev.battery_wh - live.inputs.trips[0].wh, abs=1.0)


@pytest.mark.parametrize(("day", "slots"), [((2026, 3, 29), 92), ((2026, 10, 25), 100)])
def test_days_on_which_the_clock_changes(street, day_start, tmp_path, day, slots):
    start = day_start(*day)
    truth, _ = record(street, tmp_path, start, start + slots * 900, homes=2)
    assert truth["slots"] == slots
    assert {len(home[side]["net_w"]) for home in truth["homes"] for side in ("dispatched", "twin")} == {slots}


def test_a_run_has_whole_slots(tmp_path):
    with pytest.raises(ValueError, match="start 1768431660 lies inside a slot: it must be a multiple of 900 s"):
        Truth(tmp_path, 1768431660, 1768518000, 60, "Europe/Brussels", 1, [], [])
