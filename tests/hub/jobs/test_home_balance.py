from osb_hub.jobs.balance import balance

S = 1768431600


def test_what_the_devices_do_not_explain_is_the_base_load():
    # PV 800, of which 300 sold and 200 into the battery; bought 100: base = 100 − 300 + 800 − 200 − 150
    energies = {"grid.import": 100, "grid.export": 300, "pv.export": 800, "battery.import": 200, "tank.energy": 150}
    result = balance(S, energies, 1.0)
    assert (result.grid_wh, result.base_wh, result.fault) == (-200, 250, None)
    assert result.devices_wh == {"pv": -800, "battery": 200, "tank": 150}


def test_devices_that_use_more_than_comes_in_are_a_fault():
    # flows 1000 + 1200: 5 % are 110 Wh, and 20 Wh for the resolution of the counters
    assert balance(S, {"grid.import": 1000, "ev.energy": 1131}, 1.0).fault == (
        "the devices used 131 Wh more than came into the home"
    )
    assert balance(S, {"grid.import": 1000, "ev.energy": 1120}, 1.0).fault is None


def test_a_load_that_no_home_has_is_a_fault():
    assert "are not accounted for" in balance(S, {"grid.import": 4000}, 1.0).fault


def test_a_slot_half_measured_is_said():
    assert balance(S, {"grid.import": 100}, 0.5).fault == "only 50% of the slot was measured"
