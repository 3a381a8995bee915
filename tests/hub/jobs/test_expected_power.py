from osb_hub.jobs.baseline import expected_power

S = 1768431600
TANK = {
    "actuator": "tank",
    "fill_wh": 5000,
    "retention_ppm": 1000000,
    "eta_in_pm": 1000,
    "usage_w": -400,  # 100 Wh a slot
    "charge_max_w": 2000,
    "fill_min_wh": 4850,
}


def test_a_store_is_kept_at_the_lower_edge_of_its_band():
    # 5000 → 4900 → 4800: 50 Wh = 200 W missing → then 100 Wh = 400 W each slot
    assert expected_power({"start": S, "slots": 4}, TANK, S, 4) == [0, 200, 400, 400]


def test_it_is_seen_from_a_later_slot_and_beyond_the_end_of_the_offer():
    assert expected_power({"start": S, "slots": 2}, TANK, S + 900, 3) == [200, 400, 400]


def test_it_cannot_do_more_than_its_power():
    assert expected_power({"start": S, "slots": 2}, TANK | {"fill_min_wh": 9000}, S, 2) == [2000, 2000]


def test_a_heat_pump_needs_less_power_than_heat():
    # 50 Wh of heat at a COP of 4 are 12.5 Wh = 50 W
    assert expected_power({"start": S, "slots": 2}, TANK | {"eta_in_pm": 4000}, S, 2) == [0, 50]
