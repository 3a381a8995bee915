"""Whose doing it is that a contact clicks while the hub is away, and that a box starts again."""

from osb_hil.faults.report import caused, unexplained
from osb_hil.home.spec import TankSpec
from osb_hil.incidents import as_a_thermostat, guided_as_before


def said(mode, plan=7):
    control = {"plan": {"id": plan} if plan else None, "actuators": {"tank": {"mode": mode, "reason": "told"}}}
    return {"control": control}


def test_the_plan_that_goes_on_and_comfort_may_switch():
    assert guided_as_before(said("plan"), said("plan"), "tank")
    assert guided_as_before(said("plan"), said("safety"), "tank")
    assert guided_as_before(said("alone", None), said("alone", None), "tank")


def test_who_gives_the_plan_up_or_does_not_answer_has_no_excuse():
    assert not guided_as_before(said("plan"), said("alone"), "tank")
    assert not guided_as_before(said("plan"), said("plan", None), "tank")
    assert not guided_as_before(said("plan"), said("plan", 8), "tank")
    assert not guided_as_before(None, said("plan"), "tank")
    assert not guided_as_before(said("plan"), None, "tank")


def test_a_thermostat_heats_in_the_cold_and_stops_in_the_warm():
    tank = TankSpec(200, 2000, 1.6, 18, 45, 62, 68, 100)  # the middle is 53.5 °C
    assert as_a_thermostat(True, 47.9, tank)
    assert as_a_thermostat(False, 55.0, tank)
    assert not as_a_thermostat(True, 55.0, tank)
    assert not as_a_thermostat(False, 50.0, tank)


def fault(kind, start, end, starts, recovered=None, home="box-01"):
    return {"kind": kind, "home": home, "start": start, "end": end, "starts": starts, "recovered": recovered or end}


def test_a_fault_says_how_often_it_starts_a_box():
    assert caused(fault("flicker", 600, 1080, (1, 9))) == [600, 660, 720, 780, 840, 900, 960, 1020]
    assert caused(fault("power", 600, 1080, (1, 2))) == [1080]
    for kind in ("dns", "hang", "clock"):
        assert caused(fault(kind, 600, 1080, (1, 2))) == [600]
    assert caused(fault("dns_cached", 600, 1080, (1, 1))) == []


def test_a_box_that_starts_once_more_during_a_fault_that_starts_it_has_no_excuse():
    dns = fault("dns", 600, 4800, (1, 2))
    assert unexplained([dns], dns) == 0
    again = fault("dns", 600, 4800, (1, 3))
    assert unexplained([again], again) == 1


def test_what_another_fault_of_these_homes_starts_in_that_time_is_no_reset():
    broker = fault("broker", 0, 700, (3, 5), home="")
    flicker = fault("flicker", 600, 840, (1, 5))  # of its four starts two are before the broker is well
    assert unexplained([broker, flicker], broker) == 0
    elsewhere = fault("dns", 600, 840, (1, 2), home="box-02")
    assert unexplained([flicker, elsewhere], elsewhere) == 0
