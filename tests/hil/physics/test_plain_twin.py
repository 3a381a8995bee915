"""The counterfactual: a street under plain control is comfortable, charged, and hard on the feeder at six."""

import pytest

from osb_hil.home.flows import Flows
from osb_hil.home.occupants import Occupants
from osb_hil.mix import neighbourhood
from osb_hil.twin import Plain


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_winter_day_is_comfortable_and_peaks_in_the_evening(street, day_start, seed):
    start = day_start(2026, 1, 15)
    homes = street(start, start + 86400, seed=seed)
    quarters = [0.0] * 96

    def add(t):
        quarters[(t - 60 - start) // 900] += sum(home.flows.grid_w for home in homes.homes) / 15

    homes.run(add)
    assert [home.state.comfort_violation_min for home in homes.homes] == [0.0] * 12
    assert [home.state.ev_short_wh for home in homes.homes] == [0.0] * 12
    assert all(home.state.car.wh == home.spec.ev.battery_wh for home in homes.homes if home.spec.ev)
    window = quarters[17 * 4 : 20 * 4 + 2]
    assert max(window) > 35_000.0
    assert max(window) == max(quarters)
    heat_and_base = sum(home.flows.heat_pump_w + home.flows.base_w for home in homes.homes)
    assert heat_and_base < 12 * 1600.0


@pytest.mark.parametrize("day", [(2026, 1, 4), (2026, 5, 10), (2026, 8, 12)])
def test_the_coldest_a_mild_and_the_hottest_day_are_comfortable_too(street, day_start, day):
    start = day_start(*day)
    for home in street(start, start + 86400, homes=6).run().homes:
        assert home.state.comfort_violation_min == 0.0


def test_override_of_one_and_a_half_kelvin_is_met_within_the_fair_hour(street, day_start):
    start = day_start(2026, 1, 15)
    homes = street(start, start + 86400)
    for home in homes.homes:
        target = home.spec.comfort.setpoint_c + 1.5
        home.inputs.occupants.override(start + 18 * 3600, start + 21 * 3600, target)
    rooms = {}

    def note(t):
        if t == start + 19 * 3600:
            rooms.update({home.spec.id: home.flows.room_c - home.spec.comfort.setpoint_c for home in homes.homes})

    homes.run(note)
    assert all(room > 0.9 for room in rooms.values())
    assert [home.state.comfort_violation_min for home in homes.homes if home.spec.heat_pump] == [0.0] * 9


def test_battery_uses_up_the_surplus_and_covers_the_load(day_start, zone):
    start = day_start(2026, 1, 15)
    spec = neighbourhood(1, 1)[0]
    plain = Plain(spec, Occupants(spec.comfort, start, start + 86400, zone))
    # the battery charges 500 W and 1500 W still go out: it may take 2000
    assert plain.controls(start, Flows(battery_w=500.0, grid_w=-1500.0)).battery_w == 2000.0
    # it gives 800 W and 300 W are still bought: it may give 1100
    assert plain.controls(start, Flows(battery_w=-800.0, grid_w=300.0)).battery_w == -1100.0


def test_tank_heats_between_its_two_temperatures(day_start, zone):
    start = day_start(2026, 1, 15)
    spec = neighbourhood(1, 1)[0]
    plain = Plain(spec, Occupants(spec.comfort, start, start + 86400, zone))
    # dial at 62 - 2, on again at 62 - 8
    heating = [plain.controls(start, Flows(tank_c=temp)).tank_on for temp in (57.0, 53.9, 57.0, 60.1, 57.0)]
    assert heating == [False, True, True, False, False]
