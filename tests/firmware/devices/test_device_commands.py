"""What chargers, heat pumps and inverters of more makes are told: which register, which bytes, how often."""

import field

CAR = {"role": "ev", "profile": "keba_p30", "bus": "a", "unit": 255}
ISG = {"role": "heat_pump", "profile": "stiebel_isg", "bus": "a"}
NIBE = {"role": "heat_pump", "profile": "nibe_s", "bus": "a"}
MULTI = {"role": "battery", "profile": "victron_multi", "bus": "a", "unit": 227}


def writes(slave):
    return [request for request in slave.requests if request[0] in (5, 6, 15, 16)]


# --- KEBA P30: 5004 current [mA], 5014 enable, 1602 how long it holds [s]; state of station and cable ---


def keba(state=2, cable=7, hold_s=240):
    words = {1000: state, 1004: cable, 1020: 0, 1036: 10, 1100: 0, 1602: hold_s}
    holding = {at: [0, value] for at, value in words.items()}
    return field.Slave(255, holding={**holding, 5004: [0], 5014: [0]})


def test_a_keba_charger_is_told_its_current_and_then_to_charge():
    charger = keba()
    with field.tcp_slaves(charger) as bus, field.Field({"a": bus}, [CAR]) as box:
        box.sweep(0)
        assert box.apply(0, ev=13500) == {"ev": 13500}
        assert (charger.holding(5004), charger.holding(5014)) == ([13500], [1])
        assert writes(charger) == [(6, 5004, 1), (6, 5014, 1)]
        box.apply(60, ev=0)
        assert (charger.holding(5004), charger.holding(5014)) == ([13500], [0])  # 0 is no current that it knows
        assert writes(charger)[2:] == [(6, 5014, 1)]


def test_what_a_keba_charger_would_forget_it_is_told_again():
    charger = keba(hold_s=240)
    with field.tcp_slaves(charger) as bus, field.Field({"a": bus}, [CAR], poll_s=30) as box:
        box.sweep(0)
        told = []
        for now in range(0, 361, 30):
            before = len(writes(charger))
            box.apply(now, ev=0 if now < 200 else 16000)
            if len(writes(charger)) > before:
                told.append(now)
    assert told == [0, 120, 210, 330]  # at half its time-out, off or on; and when it is told something else


def test_station_and_cable_together_make_the_state_of_the_car():
    charger = keba()
    with field.tcp_slaves(charger) as bus, field.Field({"a": bus}, [CAR]) as box:
        found = []
        # (station, cable): nothing; cable of the house; car; car charging; fault; suspended with a car
        for i, (state, cable) in enumerate([(1, 0), (1, 3), (2, 7), (3, 7), (4, 7), (5, 5)]):
            charger.put("h", 1000, [0, state])
            charger.put("h", 1004, [0, cable])
            found.append(box.sweep(1000 + 60 * i)["ev.state"][:3:2])
        assert found == [[0, "good"], [0, "good"], [1, "good"], [2, "good"], [3, "good"], [1, "good"]]


def test_half_of_a_state_is_none():
    charger = keba()
    with field.tcp_slaves(charger) as bus, field.Field({"a": bus}, [CAR]) as box:
        assert box.sweep(0)["ev.state"] == [1, "1", "good", 0]
        for now, refused in ((60, 1004), (120, 1000)):
            charger.refuse = {refused}
            assert box.sweep(now)["ev.state"][2] == "bad"
        charger.refuse = set()
        charger.put("h", 1004, [0, 99])  # no cable state of the document
        assert box.sweep(180)["ev.state"][2] == "bad"
        charger.put("h", 1004, [0, 0])
        assert box.sweep(240)["ev.state"] == [0, "1", "good", 0]


# --- Stiebel Eltron ISG: SG Ready inputs at 4002 (register 4003: blocks) and 4001 (register 4002: recommends) ---


def test_an_isg_gets_sg_ready_as_registers():
    isg = field.Slave(1, inputs={502: [210], 506: [50], 5000: [2]}, holding={4000: [1], 4001: [0], 4002: [0]})
    with field.tcp_slaves(isg) as bus, field.Field({"a": bus}, [ISG]) as box:
        box.sweep(1000)
        assert box.apply(1000, heat_pump=["auto", 0, 20500]) == {"heat_pump": ["auto", 0, 20500]}
        assert writes(isg) == []  # it stands so already
        box.apply(1060, heat_pump=["run", 2000, 20500])
        assert isg.holding(4000, 3) == [1, 1, 0]
        box.apply(1120, heat_pump=["off", 0, 20500])
        assert isg.holding(4000, 3) == [1, 0, 1]
        assert writes(isg) == [(6, 4001, 1), (6, 4001, 1), (6, 4002, 1)]  # never both on the way


# --- NIBE S-series: 30 heating offset -10..10, 206 room set point [0.1 K]; functions 3 and 16 ---


def test_a_nibe_heat_pump_is_moved_by_its_heating_curve():
    nibe = field.Slave(1, inputs={1: [0], 116: [205], 1048: [900]}, holding={30: [0], 206: [200]})
    with field.tcp_slaves(nibe) as bus, field.Field({"a": bus}, [NIBE]) as box:
        box.sweep(0)
        box.apply(0, heat_pump=["run", 2000, 20500])
        assert (nibe.holding(30), nibe.holding(206)) == ([5], [205])
        box.apply(60, heat_pump=["off", 0, 20500])
        assert nibe.holding(30) == [0xFFF6]  # -10
        box.apply(120, heat_pump=["auto", 0, 20500])
        assert nibe.holding(30) == [0]
        assert writes(nibe) == [(16, 30, 1), (16, 206, 1), (16, 30, 1), (16, 30, 1)]


# --- Victron Multi: 37 AC power set-point L1 [W], forgotten after 60 s ---


def multi():
    return field.Slave(227, holding={12: [0], 30: [500], 37: [0], 76: [0, 0], 86: [0, 0]})


def test_an_inverter_that_forgets_is_told_each_time():
    battery = multi()
    with field.tcp_slaves(battery) as bus, field.Field({"a": bus}, [MULTI], poll_s=30) as box:
        box.sweep(0)
        for now in (0, 30, 60):
            assert box.apply(now, battery=-1500) == {"battery": -1500}
        assert battery.holding(37) == [65536 - 1500]
        assert writes(battery) == [(6, 37, 1)] * 3
        assert box.errors()["battery victron_multi 227"]["error"] is None
        box.apply(90, battery=None)  # it is left alone, and goes back to its own control
        assert len(writes(battery)) == 3


def test_polls_too_far_apart_for_an_inverter_that_forgets_are_told():
    with field.tcp_slaves(multi()) as bus, field.Field({"a": bus}, [MULTI], poll_s=60) as box:
        box.sweep(0)
        box.apply(0, battery=1000)
        error = box.errors()["battery victron_multi 227"]["error"]
    assert error == "power is held for 60 s only: poll_s must be 30 or less"
