"""Registers that wear out: written on change, within a budget a day, and no home gets cold of it."""

import field

HUB = {"role": "heat_pump", "profile": "daikin_homehub", "bus": "a"}
MODE, LIMIT, SETPOINT = 55, 56, 5
DAY = 86400


def homehub(mode=0, limit=0):
    inputs = {43: [65186], 49: [2012], 50: [142]}
    return field.Slave(1, inputs=inputs, holding={SETPOINT: [20], MODE: [mode], LIMIT: [limit]})


def written(slave, address):
    return sum(1 for request in slave.requests if request[0] == 6 and request[1] == address)


def test_a_restarted_box_does_not_write_what_the_device_holds():
    hub = homehub(mode=2, limit=150)
    with field.tcp_slaves(hub) as bus:
        for _ in range(3):  # each a fresh box
            with field.Field({"a": bus}, [HUB]) as box:
                box.sweep(1000)
                assert box.apply(1000, heat_pump=["run", 1500, 20000]) == {"heat_pump": ["run", 1500, 20000]}
    assert [request for request in hub.requests if request[0] == 6] == []


def test_a_register_that_cannot_be_read_back_is_written():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(1000)
        hub.refuse_reads = {SETPOINT}
        box.apply(1000, heat_pump=["auto", 0, 21000])
    assert hub.holding(SETPOINT) == [21]


def test_a_set_point_that_flaps_is_written_24_times_a_day():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(0)
        held = [box.apply(60 * i, heat_pump=["auto", 0, (20000, 22000)[i % 2]]) for i in range(60)]
        assert written(hub, SETPOINT) == 24
        assert hub.holding(SETPOINT) == [20]
        assert held[24] == {"heat_pump": ["auto", 0, 20000]}  # the first was there already: 24 writes by the 25th
        assert held[25] == {}
        assert held[26] == {"heat_pump": ["auto", 0, 20000]}  # what it rests at
        error = box.errors()["heat_pump daikin_homehub 1"]["error"]
        assert error == "setpoint was written 24 times today and rests until tomorrow"
        box.apply(DAY, heat_pump=["auto", 0, 22000])
        assert hub.holding(SETPOINT) == [22]


def test_off_is_held_even_if_no_more_set_points_can_be_told():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(0)
        for i in range(60):
            box.apply(60 * i, heat_pump=["auto", 0, (20000, 22000)[i % 2]])
        assert box.apply(3600, heat_pump=["off", 0, 22000]) == {"heat_pump": ["off", 0, 22000]}
        assert (hub.holding(SETPOINT), hub.holding(MODE)) == ([20], [1])


def test_rest_leaves_half_of_the_set_points_to_the_household():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(0)
        for i in range(30):
            box.apply(60 * i, heat_pump=["rest", 0, (18000, 19000)[i % 2]])
        assert written(hub, SETPOINT) == 12
        assert hub.holding(MODE) == [1]
        box.apply(3600, heat_pump=["auto", 0, 22000])
        assert (hub.holding(SETPOINT), hub.holding(MODE)) == ([22], [0])


def test_a_spent_mode_leaves_the_heat_pump_to_itself():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(0)
        for i in range(200):
            box.apply(60 * i, heat_pump=[("off", "run")[i % 2], 1500, 20000])
        assert hub.holding(MODE) == [0]  # neither blocked nor driven: its own control
        assert written(hub, MODE) == 97
        assert box.apply(60 * 200, heat_pump=["off", 0, 20000]) == {}
        assert box.apply(DAY, heat_pump=["off", 0, 20000]) == {"heat_pump": ["off", 0, 20000]}
        assert hub.holding(MODE) == [1]


def spend(box, start=0):
    """A day's plans use up what they may write of the set-point; the last was 20 degrees."""
    for i in range(60):
        box.apply(start + 60 * i, heat_pump=["auto", 0, (20000, 22000)[i % 2]])


def test_a_person_is_obeyed_when_plans_have_spent_the_day():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(0)
        spend(box)
        assert box.apply(3600, heat_pump=["auto", 0, 23000]) == {}
        assert box.apply(3660, urgent=True, heat_pump=["auto", 0, 23000]) == {"heat_pump": ["auto", 0, 23000]}
        assert hub.holding(SETPOINT) == [23]


def test_back_to_normal_is_obeyed_too():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(0)
        spend(box)
        box.apply(3660, urgent=True, heat_pump=["auto", 0, 25000])
        assert box.apply(3720, heat_pump=["auto", 0, 20000]) == {"heat_pump": ["auto", 0, 20000]}
        assert box.apply(3780, heat_pump=["auto", 0, 22000]) == {}  # and nothing more of what is a person's
        assert (written(hub, SETPOINT), hub.holding(SETPOINT)) == (26, [20])


def test_a_person_who_cannot_decide_wears_out_no_register():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(0)
        spend(box)
        for i in range(40):
            box.apply(3660 + 60 * i, urgent=True, heat_pump=["auto", 0, (23000, 24000)[i % 2]])
        assert written(hub, SETPOINT) == 24 + 8
        assert box.apply(6060, heat_pump=["auto", 0, 20000]) == {"heat_pump": ["auto", 0, 20000]}
        assert written(hub, SETPOINT) == 24 + 8 + 1
