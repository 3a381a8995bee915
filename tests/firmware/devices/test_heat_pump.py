"""A heat pump on the bus: registers typed from its document here, on real Modbus slaves."""

import field

# --- Daikin HomeHub EKRHH, installer reference guide 9.2: register n is address n - 1 ---

HUB = {"role": "heat_pump", "profile": "daikin_homehub", "bus": "a"}


def homehub():
    # input 44 outside air (65186: -3.50 degC), 50 room, 51 power [0.01 kW]
    # holding 6 room set-point [degC], 56 smart grid, 57 limit [0.01 kW]
    inputs = {43: [65186], 49: [2012], 50: [142]}
    return field.Slave(1, inputs=inputs, holding={5: [20], 55: [0], 56: [0]})


def test_heat_pump_is_read():
    with field.tcp_slaves(homehub()) as bus, field.Field({"a": bus}, [HUB]) as box:
        rows = box.sweep(1000)
    assert rows["outdoor.temp"] == [-3500, "mC", "good", 0]
    assert rows["room.temp"] == [20120, "mC", "good", 0]
    assert rows["heat_pump.power"] == [1420, "W", "good", 0]
    assert rows["heat_pump.mode"] == [0, "1", "good", 0]


def test_heat_pump_sensor_without_a_value_is_bad():
    hub = homehub()
    hub.put("i", 49, [0x7FFF])
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        assert box.sweep(1000)["room.temp"] == [None, "mC", "bad", 0]


def test_heat_pump_modes_and_write_on_change_only():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(1000)
        assert box.apply(1000, heat_pump=["run", 1504, 21400]) == {"heat_pump": ["run", 1504, 21400]}
        assert (hub.holding(55), hub.holding(56)) == ([2], [150])
        assert len(field.writes(hub)) == 2
        box.apply(1060, heat_pump=["run", 1504, 21400])
        assert len(field.writes(hub)) == 2
        box.apply(1120, heat_pump=["off", 0, 21400])
        assert (hub.holding(5), hub.holding(55)) == ([21], [1])
        box.apply(1180, heat_pump=["auto", 0, None])
        assert hub.holding(55) == [0]
        assert len(field.writes(hub)) == 5
        assert {request[0] for request in field.writes(hub)} == {6}
        assert box.errors()["heat_pump daikin_homehub 1"]["writes"] == 5


def test_a_heat_pump_at_rest_keeps_the_home_warm_if_the_box_dies():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(1000)
        box.apply(1000, heat_pump=["run", 1500, 21400])
        assert (hub.holding(5), hub.holding(55)) == ([20], [2])  # who is told how much to draw needs no set-point
        box.apply(1060, heat_pump=["off", 0, 19000])
        assert (hub.holding(5), hub.holding(55)) == ([19], [1])
        hub.requests.clear()
        assert box.apply(1120, heat_pump=["rest", 0, 18000]) == {"heat_pump": ["rest", 0, 18000]}
        assert (hub.holding(5), hub.holding(55)) == ([18], [0])  # free: at 18 degrees it heats by itself
        assert [request[1] for request in field.writes(hub)] == [5, 55]  # and not for a moment at the old set-point
        hub.requests.clear()
        hub.refuse.add(5)
        assert box.apply(1180, heat_pump=["rest", 0, 17000]) == {"heat_pump": ["rest", 0, 17000]}
        assert (hub.holding(5), hub.holding(55)) == ([18], [1])  # no set-point, no rest but "off"
        assert "refused function 6" in box.errors()["heat_pump daikin_homehub 1"]["error"]


def test_set_points_stay_within_what_the_hub_takes():
    hub = homehub()
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(1000)
        box.apply(1000, heat_pump=["run", 25000, 5000])
        box.apply(1060, heat_pump=["auto", 0, 5000])
    assert (hub.holding(5), hub.holding(56)) == ([12], [2000])


def test_a_refused_write_is_tried_again():
    hub = homehub()
    hub.refuse.add(55)
    with field.tcp_slaves(hub) as bus, field.Field({"a": bus}, [HUB]) as box:
        box.sweep(1000)
        assert box.apply(1000, heat_pump=["off", 0, None]) == {}
        assert "refused function 6" in box.errors()["heat_pump daikin_homehub 1"]["error"]
        hub.refuse.clear()
        assert box.apply(1060, heat_pump=["off", 0, None]) == {"heat_pump": ["off", 0, None]}
    assert hub.holding(55) == [1]


def test_a_device_that_was_away_is_told_again():
    hub = homehub()
    with field.line() as line, field.rtu_slaves(line, hub):
        bus = {"type": "rtu", "port": line.box, "timeout_ms": 100}
        with field.Field({"a": bus}, [HUB]) as box:
            box.sweep(1000)
            box.apply(1000, heat_pump=["off", 0, None])
            line.dead.add(1)
            box.sweep(1060)
            before = len(line.asked)
            assert box.apply(1060, heat_pump=["off", 0, None]) == {}  # left alone, not waited for
            assert len(line.asked) == before
            line.dead.clear()
            hub.put("h", 55, [0])  # it started anew
            box.sweep(1120)
            box.apply(1120, heat_pump=["off", 0, None])
            assert hub.holding(55) == [1]
