"""The whole box on the real VM with a Pico's heap, in the fullest home, with a tariff and a hub that sends no plan."""

import asyncio
import dataclasses
from zoneinfo import ZoneInfo

import osb_hil.neighbourhood
from osb_hil.mix import box_home_config, neighbourhood
from osb_hil.neighbourhood import Neighbourhood, Plan

NAME = "box-01"
START = 1768431600  # 2026-01-15 00:00 in Brussels
_PATHS = ("/api/status", "/api/privacy")
TARIFF = {"buy_eur_mwh": 330, "sell_eur_mwh": 60, "peak_eur_kw_year": 48}


def test_it_plans_in_the_heap_of_a_pico_w(tmp_path, monkeypatch):
    spec = max(neighbourhood(12, 1), key=lambda spec: (len(spec.has), spec.grid_meter != "p1"))
    bench = osb_hil.neighbourhood
    monkeypatch.setattr(bench, "neighbourhood", lambda homes, seed: [dataclasses.replace(spec, id=NAME)])
    monkeypatch.setattr(bench, "box_home_config", lambda spec: {**box_home_config(spec), "tariff": TARIFF})

    async def run():
        home = Neighbourhood(Plan(tmp_path, 1, 1, START, START + 7200, ZoneInfo("Europe/Brussels"), None))
        try:
            await home.start()
            await home.step_to(START + 1200)
            return await home.box(NAME)._ask("GET", "/api/status?heap=1", None)
        finally:
            await home.stop()

    status = asyncio.run(run())
    assert status["errors"] == {"tasks": {}, "stages": {}}
    modes = {role: (part["mode"], part["reason"]) for role, part in status["control"]["actuators"].items()}
    print(modes, "free", status["heap_free"], "largest", status["heap_largest"])
    assert modes["battery"] == ("plan", "the box's own plan")
    assert status["heap_free"] >= 45 * 1024  # decision 13
    assert status["heap_largest"] >= 24 * 1024


def test_a_belgian_meter_tells_the_month_s_peak_to_a_home_that_pays_for_it(tmp_path, monkeypatch):
    bench = osb_hil.neighbourhood
    spec = dataclasses.replace(
        neighbourhood(12, 1)[0], grid_meter="p1", heat_pump=None, tank=None, ev=None, battery=None
    )
    names = [NAME, "box-02", "box-03", "box-04"]  # meters of the even ones are Belgian
    monkeypatch.setattr(bench, "neighbourhood", lambda homes, seed: [dataclasses.replace(spec, id=n) for n in names])
    tariffs = {"box-02": TARIFF, "box-04": {**TARIFF, "peak_eur_kw_year": 0}}
    monkeypatch.setattr(
        bench, "box_home_config", lambda spec: {**box_home_config(spec), "tariff": tariffs.get(spec.id, TARIFF)}
    )

    async def run():
        home = Neighbourhood(Plan(tmp_path, 4, 1, START, START + 7200, ZoneInfo("Europe/Brussels"), None))
        try:
            await home.start()
            await home.step_to(START + 1020)
            return [await home.box(name)._ask("GET", path, None) for name in names for path in _PATHS]
        finally:
            await home.stop()

    told = asyncio.run(run())
    points = [{row[0]: row[1:4] for row in status["points"]} for status in told[::2]]
    assert [one.get("grid.peak") for one in points][0::2] == [None, None]
    watts, unit, quality = points[1]["grid.peak"]
    assert (0 <= watts < 9200, unit, quality) == (True, "W", "good")
    assert "grid.peak" not in points[3]  # who pays for no peak need not know it
    assert "grid.peak" in told[3]["kept"]
    assert [status["errors"] for status in told[::2]] == [{"tasks": {}, "stages": {}}] * 4
