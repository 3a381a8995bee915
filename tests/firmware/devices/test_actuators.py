"""What the box writes to appliances: registers typed from their documents here, on real Modbus slaves."""

import struct

import field


def f32(value):
    return list(struct.unpack(">2H", struct.pack(">f", value)))


def s16(value):
    return value & 0xFFFF


# --- tank: Waveshare relay (coil 0, functions 1 and 5) and R4DCB08 (holding 0, 0.1 degC) on one line ---


def test_tank_relay_and_sensor():
    relay, sensor = field.Slave(1, coils={0: [0] * 8}), field.Slave(2, holding={0: [513] + [0x8000] * 7})
    devices = [
        {"role": "tank", "profile": "waveshare_relay", "bus": "a", "unit": 1},
        {"role": "tank", "profile": "r4dcb08", "bus": "a", "unit": 2},
    ]
    with field.line() as line, field.rtu_slaves(line, relay, sensor):
        with field.Field({"a": {"type": "rtu", "port": line.box}}, devices) as box:
            rows = box.sweep(1000)
            assert rows["tank.on"] == [0, "1", "good", 0]
            assert rows["tank.temp"] == [51300, "mC", "good", 0]
            box.apply(1000, tank=1)
            assert relay.words["c"][0] == 1
            assert box.sweep(1060)["tank.on"][0] == 1
            box.apply(1060, tank=1)
            box.apply(1120, tank=0)
            assert relay.words["c"][0] == 0
            assert len(field.writes(relay)) == 2
            sensor.put("h", 0, [850])  # power-on value
            assert box.sweep(1120)["tank.temp"] == [51300, "mC", "bad", 60]
            sensor.put("h", 0, [0x8000])  # wire broken
            assert box.sweep(1180)["tank.temp"][2] == "bad"


# --- Alfen NG9xx, Modbus Slave TCP/IP 2.3, section 3.4 ---

CAR = {"role": "ev", "profile": "alfen_ng9xx", "bus": "a"}


def alfen(state="C2", validity=240):
    state = list(struct.unpack(">5H", state.encode().ljust(10, b"\0")))
    energy = list(struct.unpack(">4H", struct.pack(">d", 12345678.9)))
    holding = {344: f32(3680.4), 374: energy, 1201: state, 1206: f32(16.0), 1208: [0, validity], 1210: f32(0)}
    return field.Slave(1, holding=holding)


def test_charger_is_read():
    with field.tcp_slaves(alfen()) as bus, field.Field({"a": bus}, [CAR]) as box:
        rows = box.sweep(1000)
    assert rows["ev.power"] == [3680, "W", "good", 0]
    assert rows["ev.energy"] == [12345679, "Wh", "good", 0]
    assert rows["ev.state"] == [2, "1", "good", 0]
    assert rows["ev.current"] == [16000, "mA", "good", 0]


def test_charger_states_of_iec_61851():
    charger = alfen()
    with field.tcp_slaves(charger) as bus, field.Field({"a": bus}, [CAR]) as box:
        states = {}
        for i, text in enumerate(("A", "B1", "B2", "C1", "C2", "D2", "E", "F", "?")):
            charger.put("h", 1201, list(struct.unpack(">5H", text.encode().ljust(10, b"\0"))))
            row = box.sweep(1000 + 60 * i)["ev.state"]
            states[text] = row[0] if row[2] == "good" else None
    assert states == {"A": 0, "B1": 1, "B2": 1, "C1": 1, "C2": 2, "D2": 2, "E": 3, "F": 3, "?": None}


def test_charger_current_is_refreshed_before_half_its_validity():
    charger = alfen(validity=240)
    with field.tcp_slaves(charger) as bus, field.Field({"a": bus}, [CAR], poll_s=30) as box:
        box.sweep(0)
        written = []
        for now in range(0, 361, 30):
            before = len(field.writes(charger))
            box.apply(now, ev=16000)
            if len(field.writes(charger)) > before:
                written.append(now)
        assert charger.holding(1210, 2) == f32(16.0)
        assert written == [0, 120, 240, 360]
        box.apply(390, ev=0)
        assert charger.holding(1210, 2) == f32(0)


def test_charger_that_forgets_too_soon_says_what_to_change():
    with field.tcp_slaves(alfen(validity=60)) as bus, field.Field({"a": bus}, [CAR], poll_s=60) as box:
        box.sweep(0)
        box.apply(0, ev=6000)
        assert box.errors()["ev alfen_ng9xx 1"]["error"] == (
            "the charger holds a current for 60 s only: raise its validity time to 240 s"
        )


def test_a_current_no_car_can_charge_with_is_not_written():
    charger = alfen()
    with field.tcp_slaves(charger) as bus, field.Field({"a": bus}, [CAR]) as box:
        box.sweep(0)
        assert box.apply(0, ev=3000) == {}
        assert "6000..32000 mA" in box.errors()["ev alfen_ng9xx 1"]["error"]
    assert field.writes(charger) == []


# --- SunSpec information models, offsets from the id register ---


def model(number, length, **points):
    """Registers of one model: id, length, and points given as _offset=value."""
    words = [number, length] + [0x8000] * length
    for name, value in points.items():
        values = value if isinstance(value, list) else [value]
        words[int(name[1:]) : int(name[1:]) + len(values)] = [s16(v) for v in values]
    return words


COMMON = model(1, 66)


def sunspec(*models):
    chain = [0x5375, 0x6E53]  # "SunS"
    for words in (COMMON, *models):
        chain += words
    return field.Slave(1, holding={40000: [*chain, 0xFFFF, 0]})


BATTERY = {"role": "battery", "profile": "sunspec_battery", "bus": "a"}
INVERTER = {"role": "pv", "profile": "sunspec_inverter", "bus": "a"}
# 103: W -1500, W_SF 0; 124: WChaMax 500 (SF 1: 5000 W), ChaState 6512 (SF -2), InOutWRte_SF -2; 201: energies SF 0
M103 = model(103, 50, _14=-1500, _15=0)
M124 = model(124, 24, _2=500, _5=0, _8=6512, _12=0, _13=0, _18=1, _22=-2, _25=-2)
M201 = model(201, 105, _38=[1, 2], _46=[0, 4321], _54=0)
AT_124 = 40002 + 68 + 52  # behind the mark, the common model and 103


def test_battery_is_read():
    with field.tcp_slaves(sunspec(M103, M124, M201)) as bus, field.Field({"a": bus}, [BATTERY]) as box:
        rows = box.sweep(1000)
    assert rows["battery.power"] == [1500, "W", "good", 0]  # the inverter takes 1500 W: the battery charges
    assert rows["battery.soc"] == [651, "pm", "good", 0]
    assert rows["battery.export"] == [65538, "Wh", "good", 0]
    assert rows["battery.import"] == [4321, "Wh", "good", 0]


def test_battery_runs_at_exactly_the_power_asked_for():
    battery = sunspec(M103, M124)
    with field.tcp_slaves(battery) as bus, field.Field({"a": bus}, [BATTERY]) as box:
        assert "battery.import" not in box.sweep(1000)  # it has no meter: nothing is invented
        box.apply(1000, battery=2500)
        # 2500 of 5000 W are 50.00 %: charge at most and at least so much
        assert battery.holding(AT_124 + 12, 2) == [s16(-5000), 5000]
        assert battery.holding(AT_124 + 5) == [3]
        box.apply(1060, battery=-1234)
        assert battery.holding(AT_124 + 12, 2) == [2468, s16(-2468)]  # 24.68 %
        count = len(field.writes(battery))
        box.apply(1080, battery=-1234)
        assert len(field.writes(battery)) == count == 5
        box.apply(1180, battery=9000)  # no more than all
        assert battery.holding(AT_124 + 12, 2) == [s16(-10000), 10000]
        box.apply(1240, battery=None)
        assert battery.holding(AT_124 + 5) == [0]


def test_values_that_a_sunspec_device_has_not_are_bad():
    bare = model(103, 50, _15=0, _24=[0, 5])  # W 0x8000, WH_SF 0x8000
    with field.tcp_slaves(sunspec(bare, M124)) as bus, field.Field({"a": bus}, [INVERTER]) as box:
        rows = box.sweep(1000)
    assert rows["pv.power"] == [None, "W", "bad", 0]
    assert rows["pv.export"] == [None, "Wh", "bad", 0]


def test_a_sunspec_device_of_another_kind_is_named():
    with field.tcp_slaves(sunspec(M103)) as bus, field.Field({"a": bus}, [BATTERY]) as box:
        box.sweep(1000)
        assert box.errors()["battery sunspec_battery 1"]["error"] == "the device has no SunSpec model 124"


def test_what_is_not_sunspec_is_said_to_be_none():
    with field.tcp_slaves(field.Slave(1, holding={40000: [1, 2]})) as bus, field.Field({"a": bus}, [INVERTER]) as box:
        box.sweep(1000)
        assert box.errors()["pv sunspec_inverter 1"]["error"] == "no SunSpec mark at 40000, 50000 or 0"


def test_pv_is_read_and_limited():
    # 101: W 4321 (SF -1), WH 70000 (SF 0); 121: WMax 5000, SF 0; 123: WMaxLimPct_SF -1
    single = model(101, 50, _14=4321, _15=-1, _24=[1, 4464], _26=0)
    pv = sunspec(single, model(121, 30, _2=5000, _22=0), model(123, 24, _5=1000, _9=0, _23=-1))
    at = 40002 + 68 + 52 + 32
    with field.tcp_slaves(pv) as bus, field.Field({"a": bus}, [INVERTER]) as box:
        rows = box.sweep(1000)
        assert rows["pv.power"] == [-432, "W", "good", 0]
        assert rows["pv.export"] == [70000, "Wh", "good", 0]
        box.apply(1000, pv=2000)
        assert (pv.holding(at + 5), pv.holding(at + 9)) == ([400], [1])  # 40.0 %
        box.apply(1060, pv=None)
        assert pv.holding(at + 9) == [0]
