"""Temperatures at the board's own pins: a probe on the 1-Wire line and a thermistor at an analogue input.

They never leave the home, so it is the box's page that is asked for them.
"""

import json

import pytest

from osb_hil.devices.ds18b20 import Ds18b20
from osb_hil.targets import box
from osb_hil.targets.record import records

# 10 kOhm at 25 degrees, B 3950 K, 10 kOhm to 3.3 V. R = R25 exp(B (1/T - 1/T25)) and U = 3300 R / (R + 10000), by hand
FREEZING_MV, NINE_MV = 2543, 2242  # 33,621 and 21,197 ohms
SENSORS = [
    {"role": "room", "profile": "ds18b20", "bus": "board"},
    {"role": "outdoor", "profile": "ntc", "at": "a0", "ntc": [10000, 3950, 10000], "bus": "board"},
]


def test_temperatures_are_those_at_the_pins_and_a_probe_that_is_gone_is_told(on_rig):
    async def talk(rig):
        target = rig.target
        probe, volts = Ds18b20(bytes.fromhex("a1b2c3d4e5f6"), 21.4375, target.now_s), {"a0": FREEZING_MV}
        settings = rig.settings()
        buses = [*settings["buses"], {"name": "board", "type": "board"}]
        rig.write({}, buses=buses, devices=[*settings["devices"], *SENSORS])

        async def told(passes):
            """What the page shows after so many more passes."""
            end = len(records(target.files())) + passes
            await target.until(lambda: len(records(target.files())) >= end, 8 * on_rig.patience, "another pass")
            status, body = await target.page("/api/status", box.TOKEN)
            assert status == 200, body
            return {name: (value, quality) for name, value, _, quality, _ in json.loads(body)["points"]}

        await target.sensors([probe], volts)
        await target.start()
        if target.name == "pico_w":
            await target.until(lambda: b"joined as" in target.console, on_rig.patience, "the Wi-Fi")
        seen = [await told(2)]
        probe.celsius, volts["a0"] = 23.0, NINE_MV
        seen.append(await told(4))
        probe.wired = False
        seen.append(await told(8))
        return seen

    whole, changed, gone = on_rig(talk, start=False, page=True)
    assert whole["room.temp"] == (21438, "good")
    assert whole["outdoor.temp"] == (pytest.approx(0, abs=100), "good")
    assert changed["room.temp"] == (23000, "good")
    assert changed["outdoor.temp"] == (pytest.approx(9000, abs=100), "good")
    assert gone["room.temp"][1] != "good"
    assert gone["outdoor.temp"] == changed["outdoor.temp"]
    assert gone["grid.power"] == (1500, "good"), "its neighbours on RS-485 go on"
