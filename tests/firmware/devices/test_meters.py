"""Meters read from real Modbus slaves whose registers are typed from the datasheets here."""

import struct

import field


def f32(value):
    return list(struct.unpack(">2H", struct.pack(">f", value)))


def sdm630(unit, power, imported, exported):
    """Eastron SDM630 V2 protocol: 30053 total system power [W], 30073 import and 30075 export [kWh]."""
    return field.Slave(unit, inputs={52: f32(power), 72: f32(imported) + f32(exported)})


def sdm120(unit, power, imported):
    """Eastron SDM120 protocol: 30013 active power [W], 30073 import, 30075 export [kWh]."""
    return field.Slave(unit, inputs={12: f32(power), 72: f32(imported) + f32(0)})


GRID = {"role": "grid", "profile": "eastron_sdm630", "bus": "a", "unit": 1}
PUMP = {"role": "heat_pump", "profile": "eastron_sdm120", "bus": "a", "unit": 2}
TANK = {"role": "tank", "profile": "eastron_sdm120", "bus": "a", "unit": 3}


def test_meters_on_one_line():
    slaves = [sdm630(1, -1234.4, 12345.678, 0.5), sdm120(2, 1500.6, 77.25)]
    with field.line() as line, field.rtu_slaves(line, *slaves):
        with field.Field({"a": {"type": "rtu", "port": line.box}}, [GRID, PUMP]) as box:
            assert box.sweep(1000) == {
                "grid.power": [-1234, "W", "good", 0],
                "grid.import": [12345678, "Wh", "good", 0],
                "grid.export": [500, "Wh", "good", 0],
                "heat_pump.power": [1501, "W", "good", 0],
                "heat_pump.energy": [77250, "Wh", "good", 0],
            }
            assert box.errors()["grid eastron_sdm630 1"]["state"] == "ok"
    assert slaves[0].requests == [(4, 52, 2), (4, 72, 4)]  # adjacent counters in one request


def test_a_dead_slave_costs_its_neighbours_one_time_out_an_attempt_and_fewer_attempts():
    alive = sdm630(1, 100, 1, 0), sdm120(3, 200, 2)
    with field.line() as line, field.rtu_slaves(line, *alive):
        line.dead.add(2)
        bus = {"type": "rtu", "port": line.box, "timeout_ms": 150}
        with field.Field({"a": bus}, [GRID, PUMP, TANK]) as box:
            asked = []
            for poll in range(48):
                rows = box.sweep(1000 + 60 * poll)
                assert rows["grid.power"] == [100, "W", "good", 0]
                assert rows["tank.power"] == [200, "W", "good", 0]
                assert "heat_pump.power" not in rows
                asked.append(line.asked_of(2))
            error = box.errors()["heat_pump eastron_sdm120 2"]
    # attempts, one request each, at polls 0, 1, 3, 7, 15, 30, 45
    assert [i for i in range(48) if asked[i] > (asked[i - 1] if i else 0)] == [0, 1, 3, 7, 15, 30, 45]
    assert asked[-1] == 7
    assert error == {
        "state": "never seen",
        "error": "unit 2 did not answer within 150 ms",
        "requests": 7,
        "failures": 7,
        "writes": 0,
    }


def test_a_meter_that_dies_goes_stale_and_comes_back():
    meter = sdm630(1, 100, 1, 0)
    with field.line() as line:
        bus = {"type": "rtu", "port": line.box, "timeout_ms": 80}
        with field.Field({"a": bus}, [GRID]) as box:
            with field.rtu_slaves(line, meter):
                box.sweep(1000)
                line.mangle = lambda data: b""
                assert box.sweep(1060)["grid.power"] == [100, "W", "good", 60]
                assert box.sweep(1181)["grid.power"] == [100, "W", "stale", 181]
                assert box.errors()["grid eastron_sdm630 1"]["state"] == "backing off"
                line.mangle = None
                assert box.sweep(1301)["grid.power"] == [100, "W", "good", 0]
                assert box.errors()["grid eastron_sdm630 1"]["state"] == "ok"


def test_one_lost_answer_is_asked_for_again():
    meter = sdm630(1, 100, 1, 0)
    lost = []

    def lose_first(data):
        lost.append(data)
        return b"" if len(lost) == 1 else data

    with field.line() as line, field.rtu_slaves(line, meter):
        with field.Field({"a": {"type": "rtu", "port": line.box, "timeout_ms": 150}}, [GRID]) as box:
            box.sweep(1000)
            line.mangle = lose_first
            assert box.sweep(1060)["grid.power"] == [100, "W", "good", 0]
            assert box.errors()["grid eastron_sdm630 1"]["requests"] == 5


def test_garbage_is_bad_and_never_fresh():
    meter = sdm630(1, 100, 1, 0)
    with field.line() as line, field.rtu_slaves(line, meter):
        with field.Field({"a": {"type": "rtu", "port": line.box, "timeout_ms": 150}}, [GRID]) as box:
            box.sweep(1000)
            line.mangle = lambda data: data[:-1] + bytes([data[-1] ^ 1])
            assert box.sweep(1060)["grid.power"] == [100, "W", "bad", 60]
            assert "damaged" in box.errors()["grid eastron_sdm630 1"]["error"]
            line.mangle = lambda data: b"\x55" * len(data)
            assert box.sweep(1120)["grid.power"] == [100, "W", "bad", 120]


def test_an_echo_and_noise_before_the_answer_do_no_harm():
    meter = sdm630(1, 100, 1, 0)
    with field.line() as line, field.rtu_slaves(line, meter):
        line.mangle = lambda data: line.asked[-1] + b"\x00\x01\xff" + data
        with field.Field({"a": {"type": "rtu", "port": line.box, "timeout_ms": 150}}, [GRID]) as box:
            assert box.sweep(1000)["grid.power"] == [100, "W", "good", 0]
            assert box.errors()["grid eastron_sdm630 1"]["failures"] == 0


def test_an_answer_of_another_unit_is_not_taken():
    meter = sdm630(1, 100, 1, 0)
    with field.line() as line, field.rtu_slaves(line, meter):
        with field.Field({"a": {"type": "rtu", "port": line.box, "timeout_ms": 150}}, [PUMP]) as box:
            line.mangle = lambda data: b"\x01\x04\x04\x43\x66\x33\x34\x1b\x38"  # 230.2 of unit 1, with a right CRC
            assert box.sweep(1000)["heat_pump.power"] == [None, "W", "bad", 0]
            assert "no answer of unit 2" in box.errors()["heat_pump eastron_sdm120 2"]["error"]


def test_a_line_that_is_not_there_is_named():
    with field.Field({"a": {"type": "rtu", "port": "/dev/nosuchline"}}, [GRID]) as box:
        assert box.sweep(1000) == {}
        assert box.errors()["grid eastron_sdm630 1"]["error"].startswith("the serial line cannot be used: ")


def test_values_no_home_can_have_are_bad():
    meter = sdm630(1, float("nan"), 1, 2)
    with field.tcp_slaves(meter) as bus, field.Field({"a": bus}, [GRID]) as box:
        assert box.sweep(1000)["grid.power"] == [None, "W", "bad", 0]
        meter.put("i", 52, f32(3e9))
        assert box.sweep(1060)["grid.power"][2] == "bad"
        meter.put("i", 52, f32(230))
        assert box.sweep(1120)["grid.power"] == [230, "W", "good", 0]


def test_a_refused_register_spoils_only_itself():
    meter = sdm630(1, 100, 1, 2)
    meter.refuse.add(72)
    with field.tcp_slaves(meter) as bus, field.Field({"a": bus}, [GRID]) as box:
        rows = box.sweep(1000)
        assert rows["grid.power"] == [100, "W", "good", 0]
        assert rows["grid.import"] == [None, "Wh", "bad", 0]
        error = box.errors()["grid eastron_sdm630 1"]
        assert error["state"] == "ok"
        assert error["error"] == "the device refused function 4: illegal data address (2)"


def test_the_device_listed_first_measures_a_point():
    hub = field.Slave(4, inputs={43: [65236], 49: [2050], 50: [150]}, holding={55: [0]})
    with field.tcp_slaves(hub, sdm120(2, 1507, 1)) as bus:
        pump = {"role": "heat_pump", "profile": "daikin_homehub", "bus": "a", "unit": 4}
        with field.Field({"a": bus}, [PUMP, pump]) as box:
            rows = box.sweep(1000)
    assert rows["heat_pump.power"][0] == 1507
    assert rows["outdoor.temp"][0] == -3000  # register 44 of the guide: -3.00 degC
    assert (4, 49, 1) in hub.requests
    assert (4, 49, 2) not in hub.requests
