"""A boiler on a relay and a meter with pulses, at the board's own pins: cold water closes it, pulses are energy."""

import pytest

from osb_hil import boards
from osb_hil.targets import box
from osb_hil.targets.record import records

# 10 kOhm at 25 degrees, B 3950 K, 10 kOhm to 3.3 V. R = R25 exp(B (1/T - 1/T25)) and U = 3300 R / (R + 10000), by hand
COLD_MV, HOT_MV = 1470, 657  # 30 degrees: 8,037 ohms; 60 degrees: 2,486 ohms
PULSES = 7
OPEN = False  # level of the pin
DEVICES = [
    {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": box.GRID},
    {"role": "tank", "profile": "board_relay", "at": "relay1", "bus": "board"},
    {"role": "tank", "profile": "ntc", "at": "a0", "ntc": [10000, 3950, 10000], "bus": "board"},
    {"role": "pv", "profile": "s0_pulse_pv", "at": "s0", "per_kwh": 1000, "bus": "board"},
]


def test_cold_water_closes_the_boilers_contact_and_pulses_are_energy(on_rig):
    board = boards.load("pico_w")
    contact = next(relay.pin for relay in board.relays if relay.name == "relay1")
    meter = next(place.pin for place in board.pulses if place.name == "s0")
    edges = []

    async def talk(rig):
        target = rig.target
        if target.pins is None:
            pytest.skip(f"{target.name} has no pins to look at")
        settings = rig.settings()
        buses = [*settings["buses"], {"name": "board", "type": "board"}]
        home = {**settings["home"], "pv": {"peak_w": 5000}}
        rig.write({}, buses=buses, devices=DEVICES, home=home)
        volts = {"a0": COLD_MV}
        await target.sensors([], volts)
        target.pins.drive(meter, True)
        target.pins.watch(contact, lambda high: edges.append(high))
        await target.start()
        await target.until(lambda: target.pins.level(contact), on_rig.patience, "the contact for cold water")
        for _ in range(PULSES):
            for is_closed in (True, False):
                target.pins.drive(meter, not is_closed)
                end = target.now_s() + 0.06
                await target.until(lambda end=end: target.now_s() >= end, 5, "the next edge")
        seen = len(records(target.files()))
        await target.until(lambda: len(records(target.files())) >= seen + 2, on_rig.patience, "two more passes")
        made = records(target.files())[-1].points["pv.export"]
        volts["a0"] = HOT_MV
        await target.until(lambda: not target.pins.level(contact), 8 * on_rig.patience, "the end of heating")
        return made

    made = on_rig(talk, start=False)
    assert made == (PULSES, "good")  # 1,000 pulses a kWh: a watt-hour each
    while edges[0] == OPEN:  # the pin becomes an output
        edges.pop(0)
    assert edges == [not OPEN, OPEN], "it closes once, and opens once"
