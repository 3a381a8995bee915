"""Sensors and relays wired to a board, from the installer's lines of JSON to the points, on the real VM."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from wired import Ds18b20, Wired

from osb_hil.boards import load
from osb_hil.firmware import micropython
from osb_hil.flash.settings import first

ROOT = Path(__file__).parents[3]
VM_PATH = os.pathsep.join([*(str(ROOT / part) for part in ("firmware", "wire")), ".frozen"])
TANK = {"litres": 200, "power_w": 2000, "min_mc": 45000, "max_mc": 62000, "loss_w_k": 2, "daily_use_wh": 6000}
PUMP = {
    "power_max_w": 2500,
    "power_min_w": 2500,
    "cop_pm": [[0, 3000]],
    "min_run_s": 600,
    "min_pause_s": 600,
}


class Box:
    def __init__(self, folder, wired, devices):
        config = first("linux", load("linux"))
        config["buses"] = [{"name": "board", "type": "board"}]
        config["devices"] = [{"bus": "board", **device} for device in devices]
        config["home"] = {**config["home"], "tank": TANK, "pv": {"peak_w": 5000}, "heat_pump": PUMP}
        self._vm = subprocess.Popen(
            [*micropython(), "-X", "heapsize=400k", str(Path(__file__).parent / "wired_box.py")],
            env={**os.environ, "MICROPYPATH": VM_PATH, "OSB_PINS": wired.address},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.told = self.ask(config=config, folder=str(folder))

    def ask(self, **command):
        self._vm.stdin.write(json.dumps(command) + "\n")
        self._vm.stdin.flush()
        line = self._vm.stdout.readline()
        assert line.startswith("{"), line + self._vm.stdout.read()
        return json.loads(line)

    def sweep(self, now):
        """{point: [value, unit, quality, age]} and {device: error}."""
        told = self.ask(do="sweep", now=now)
        return {row[0]: row[1:] for row in told["rows"]}, {k: v["error"] for k, v in told["errors"].items()}

    def close(self):
        self._vm.kill()
        self._vm.communicate()


@pytest.fixture
def wired():
    made = Wired()
    yield made
    made.close()


@pytest.fixture
def box(tmp_path, wired):
    made = []

    def start(*devices):
        made.append(Box(tmp_path, wired, devices))
        return made[-1]

    yield start
    for one in made:
        one.close()


SHT = {"role": "room", "profile": "sht3x"}
PIR = {"role": "room", "profile": "pir", "at": "in1", "hold_s": 600}
S0 = {"role": "grid", "profile": "s0_pulse", "at": "s0", "per_kwh": 1000}


def test_a_room_is_told_by_temperature_humidity_and_motion(box, wired):
    wired.sht[0x44] = (21.37, 45.6)
    wired.levels["in1"] = 1
    it = box(SHT, PIR)
    points, errors = it.sweep(1000)
    assert points["room.temp"] == [pytest.approx(21370, abs=3), "mC", "good", 0]
    assert points["room.humidity"] == [456, "pm", "good", 0]
    assert points["room.motion"] == [1, "1", "good", 0]
    assert set(errors.values()) == {None}
    wired.levels["in1"] = 0
    assert it.sweep(1600)[0]["room.motion"][0] == 1  # within the hold time
    assert it.sweep(1660)[0]["room.motion"][0] == 0


def test_the_grid_operators_contact_pulls_its_input_to_ground(box, wired):
    wired.levels["in1"] = 1
    it = box({"role": "grid", "profile": "dim_contact", "at": "in1"})
    assert it.sweep(1000)[0]["grid.dim"] == [0, "1", "good", 0]
    wired.levels["in1"] = 0
    assert it.sweep(1060)[0]["grid.dim"] == [1, "1", "good", 0]


def test_a_sensor_that_is_unplugged_goes_stale_and_is_named(box, wired):
    wired.sht[0x44] = (20.0, 50.0)
    it = box(SHT)
    it.sweep(1000)
    del wired.sht[0x44]
    points, errors = it.sweep(1060)
    assert points["room.temp"][2:] == ["good", 60]  # true for as long as any value of a poll
    assert list(errors.values()) == ["no SHT3x answers at 0x44: is it connected?"]
    assert it.sweep(1300)[0]["room.temp"][2:] == ["stale", 300]


def test_probes_on_one_line_are_told_apart_by_their_codes(box, wired):
    wired.probes = [Ds18b20(b"\x01\x02\x03\x04\x05\x06", 51.25), Ds18b20(b"\x0a\x0b\x0c\x0d\x0e\x0f", -3.5)]
    tank, garden = (probe.rom.hex() for probe in wired.probes)
    it = box(
        {"role": "tank", "profile": "ds18b20", "at": tank}, {"role": "outdoor", "profile": "ds18b20", "at": garden}
    )
    points, _ = it.sweep(1000)
    assert points == {"tank.temp": [51250, "mC", "good", 0], "outdoor.temp": [-3500, "mC", "good", 0]}


def test_what_a_probe_shows_after_its_power_failed_is_not_told(box, wired):
    probe = Ds18b20(b"\x01\x02\x03\x04\x05\x06", 20.5)
    probe.convert = lambda: None  # its supply is too weak for a conversion
    wired.probes = [probe]
    it = box({"role": "room", "profile": "ds18b20"})
    points, errors = it.sweep(1000)
    assert points == {"room.temp": [None, "mC", "bad", 0]}
    assert next(iter(errors.values())).startswith("the sensor shows 85 degrees, as before its first measurement")
    del probe.convert
    assert it.sweep(1060)[0]["room.temp"] == [20500, "mC", "good", 0]


def test_a_line_in_trouble_says_which_trouble(box, wired):
    it = box({"role": "room", "profile": "ds18b20"})
    assert list(it.sweep(1000)[1].values()) == ["nobody answers on the 1-Wire line: is a sensor connected?"]
    zero = "the 1-Wire line reads zero: it is short-circuited, or a sensor's VDD is not connected to 3V3"
    wired.short = True
    points, errors = it.sweep(1060)
    assert (points, list(errors.values())) == ({"room.temp": [None, "mC", "bad", 0]}, [zero])
    wired.short, wired.parasitic = False, True
    wired.probes = [Ds18b20(b"\x01\x02\x03\x04\x05\x06", 20.5)]
    assert list(it.sweep(1180)[1].values()) == [zero]
    wired.parasitic = False
    assert it.sweep(1420)[0]["room.temp"] == [20500, "mC", "good", 0]


def test_voltages_have_the_scale_of_the_configuration(box, wired):
    wired.mv = {"a0": 1154, "a1": 1650}
    it = box(
        {"role": "outdoor", "profile": "analogue", "at": "a0", "mv": [0, -30000, 2307, 70000]},
        {"role": "tank", "profile": "ntc", "at": "a1", "ntc": [10000, 3977, 10000]},
    )
    assert it.sweep(1000)[0] == {"outdoor.temp": [20022, "mC", "good", 0], "tank.temp": [25000, "mC", "good", 0]}
    wired.mv["a1"] = 3299
    points, errors = it.sweep(1060)
    assert points["tank.temp"] == [25000, "mC", "bad", 60]
    assert errors["tank ntc 1"] == "3299 mV at the input: the thermistor's wires are broken or short"


def test_pulses_are_energy_and_power_and_outlive_the_power(box, wired):
    """1000 pulses a kWh; 20 a minute are 1.2 kW. What hardware counts begins at 0 with each start."""
    wired.counts["s0"] = 0
    it = box(S0)
    for i in range(1, 31):  # three minutes, looked at in time
        wired.counts["s0"] = 2 * i
        it.ask(do="look", now=1000 + 6 * i)
    points, _ = it.sweep(1180)
    assert points["grid.import"] == [60, "Wh", "good", 0]
    assert points["grid.power"] == [1200, "W", "good", 0]
    it.ask(do="save", now=1180)
    wired.counts["s0"] = 65  # and five more, which nobody writes down
    assert it.sweep(1190)[0]["grid.import"][0] == 65
    it.close()
    wired.counts["s0"] = 0
    after = box(S0)
    assert after.sweep(2000)[0]["grid.import"] == [60, "Wh", "good", 0]
    wired.counts["s0"] = 3
    assert after.sweep(2060)[0]["grid.import"][0] == 63


def test_pulses_of_a_pv_meter_are_power_out_of_the_home(box, wired):
    wired.counts["s0"] = 0
    it = box({"role": "pv", "profile": "s0_pulse_pv", "at": "s0", "per_kwh": 800})
    for i in range(1, 11):
        wired.counts["s0"] = i
        it.ask(do="look", now=1000 + 3 * i)
    points, _ = it.sweep(1030)
    assert points["pv.power"] == [-1500, "W", "good", 0]  # 1.25 Wh in 3 s
    assert points["pv.export"] == [12, "Wh", "good", 0]


def test_relays_at_the_board_switch_the_boiler_and_sg_ready(box, wired):
    wired.outputs = {"relay1": 0, "relay2": 0, "relay3": 0}
    it = box(
        {"role": "tank", "profile": "board_relay", "at": "relay1"},
        {"role": "heat_pump", "profile": "board_sg_ready", "at": "relay2,relay3"},
    )
    it.sweep(1000)
    it.ask(do="apply", now=1000, commands={"tank": 1, "heat_pump": ["off", 0, None]})
    assert wired.outputs == {"relay1": 1, "relay2": 1, "relay3": 0}
    points, _ = it.sweep(1060)
    assert points["tank.on"] == [1, "1", "good", 0]
    assert points["heat_pump.mode"] == [1, "1", "good", 0]
    it.ask(do="apply", now=1200, commands={"tank": 0, "heat_pump": ["run", 2500, None]})
    assert wired.outputs == {"relay1": 0, "relay2": 0, "relay3": 1}


@pytest.mark.parametrize(
    ("device", "says"),
    [
        ({"role": "grid", "profile": "s0_pulse", "at": "s0"}, "s0_pulse.json: per_kwh is missing: how many pulses"),
        ({"role": "grid", "profile": "s0_pulse", "at": "s9", "per_kwh": 1}, "s0_pulse.json: s9 is not wired"),
        ({"role": "room", "profile": "ds18b20", "at": "28aa"}, "ds18b20.json: at: 28aa is not the code of a DS18B20"),
        ({"role": "room", "profile": "sht3x", "at": "0x46"}, "sht3x.json: at: must be 0x44 or 0x45"),
        ({"role": "room", "profile": "pir", "at": "in1", "per_kwh": 5}, "pir.json: per_kwh means nothing to it"),
        ({"role": "grid", "profile": "eastron_sdm630"}, "eastron_sdm630.json: it is no part of the board"),
        ({"role": "heat_pump", "profile": "board_sg_ready", "at": "relay1"}, "board_sg_ready.json: at: must name two"),
        ({"role": "room", "profile": "dsmr5"}, "dsmr5.json: roles: there is no room"),
    ],
)
def test_a_fault_of_the_installer_is_one_sentence(box, wired, device, says):
    wired.levels["in1"] = 0
    wired.counts["s0"] = 0
    assert box(device).told["refused"].startswith(says)
