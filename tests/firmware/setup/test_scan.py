"""A bus is looked through by a real box: what it finds, that it only reads, and that it stays out of the way."""

import asyncio
import contextlib
import termios
import threading
import time

import pytest

from osb_hil.devices.branch import Branch
from osb_hil.devices.iem3155 import Iem3155
from osb_hil.devices.modbus import serve_tcp
from osb_hil.devices.r4dcb08 import R4dcb08
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.devices.sdm630 import Sdm630
from osb_hil.devices.sunspec_battery import SunSpecBattery
from osb_hil.devices.sunspec_inverter import SunSpecInverter
from osb_hil.devices.waveshare_relay import WaveshareRelay
from osb_hil.serial_line import PseudoTerminal, Rs485Line

READS = {1, 2, 3, 4, 43}


def branch():
    return Branch(1234.0, 5678.0)


@contextlib.contextmanager
def loop():
    """An event loop in a thread of its own: call(function) runs there, call(serve_tcp(...)) gives the port."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever, daemon=True)
    thread.start()

    servers = []

    def call(work):
        async def run():
            result = work()
            if not asyncio.iscoroutine(result):
                return result
            server, port = await result
            servers.append(server)
            return port

        return asyncio.run_coroutine_threadsafe(run(), made).result(20)

    try:
        yield call
    finally:
        for server in servers:
            asyncio.run_coroutine_threadsafe(server.shutdown(), made).result(20)
        made.call_soon_threadsafe(made.stop)
        thread.join(10)
        made.close()


@pytest.fixture
def line(new_home):
    """RS-485 with what an installer may find; tells no name but one."""
    devices = [
        Sdm630(1, branch),
        Sdm120(2, branch),
        WaveshareRelay(4, new_home),
        R4dcb08(5, new_home),
        Iem3155(7, branch),
    ]
    for device in devices:
        device.tick(0)
    with loop() as call:
        made = call(lambda: Rs485Line(devices))
        made.emulated = devices
        yield made
        call(made.close)


def rtu(line, **more):
    return {"name": "rs485", "type": "rtu", "port": line.port, "baud": 9600, **more}


def ended(state):
    return not state["scan"]["running"]


def test_a_serial_line_is_looked_through_by_reading_only(installer, new_box, line):
    box = installer({**new_box, "buses": [rtu(line)]})
    assert box.ask({"scan": {"bus": "rs485", "first": 1, "last": 8}}) == {"ok": True}
    scan = box.until(ended, 60)["scan"]
    assert (scan["bus"], scan["done"], scan["of"]) == ("rs485", 8, 8)
    assert "error" not in scan
    assert [(found["unit"], found["profile"]) for found in scan["found"]] == [
        (1, "eastron_sdm630"),
        (2, "eastron_sdm120"),
        (4, None),
        (5, None),
        (7, "schneider_iem3155"),
    ]
    assert scan["found"][0] == {
        "bus": "rs485",
        "unit": 1,
        "profile": "eastron_sdm630",
        "title": "Eastron SDM630 three-phase meter",
    }
    assert scan["found"][2]["title"] == "a Modbus device that does not tell its name"
    for device in line.emulated:
        assert device.asked <= READS, device
    assert 43 in line.emulated[4].asked


def test_the_regular_sweep_goes_on_meanwhile(installer, new_box, line):
    """Every second a sweep of two meters, while 15 addresses at which nobody is are asked twice each."""
    devices = [
        {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": 1},
        {"role": "pv", "profile": "eastron_sdm120", "bus": "rs485", "unit": 2},
    ]
    box = installer({**new_box, "buses": [rtu(line)], "devices": devices, "home": {**new_box["home"], "pv": PV}})
    box.until(lambda state: state["passes"] >= 2)
    began, before = time.monotonic(), box.ask()["passes"]
    box.ask({"scan": {"bus": "rs485", "first": 8, "last": 22}})
    state = box.until(ended, 60)
    took = time.monotonic() - began
    assert state["scan"]["done"] == 15
    assert state["scan"]["asked"] == 30
    assert took > 4
    assert state["passes"] - before >= took - 3  # a pass a second
    points = {row[0]: row for row in state["points"]}
    assert points["grid.power"][3] == points["pv.power"][3] == "good"
    assert points["grid.power"][4] <= 2


PV = {"peak_w": 5000}


def test_a_meter_of_another_speed_is_found_at_its_speed(installer, new_box):
    """It hears what is sent at 19200 baud; what is sent at 9600 is noise to it. The usual speed is back afterwards."""
    meter = Sdm120(3, branch)
    meter.tick(0)
    speeds = []

    def open_line(received):
        def hears(data):
            speeds.append(termios.tcgetattr(terminal._fd)[5])
            if speeds[-1] == termios.B19200:
                received(data)

        terminal = PseudoTerminal(hears)
        return terminal

    with loop() as call:
        fast = call(lambda: Rs485Line([meter], open_line))
        device = {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": 1}
        box = installer({**new_box, "buses": [rtu(fast, timeout_ms=100)], "devices": [device]})
        box.ask({"scan": {"bus": "rs485", "first": 2, "last": 3, "bauds": [9600, 19200]}})
        scan = box.until(ended)["scan"]
        assert (scan["done"], scan["of"]) == (4, 4)
        assert [(found["unit"], found["profile"], found["baud"]) for found in scan["found"]] == [
            (3, "eastron_sdm120", 19200)
        ]
        assert {termios.B9600, termios.B19200} == set(speeds)
        box.until(lambda _: speeds[-1] == termios.B9600)  # the next sweep
        call(fast.close)


def test_a_scan_can_be_stopped_and_tells_how_far_it_came(installer, new_box, line):
    box = installer({**new_box, "buses": [rtu(line)]})
    box.ask({"scan": {"bus": "rs485", "first": 1, "last": 247}})
    box.until(lambda state: state["scan"]["done"] >= 2)
    assert box.ask()["scan"]["running"]
    box.ask({"scan": None})
    scan = box.until(ended, 5)["scan"]
    assert 2 <= scan["done"] < 100
    assert scan["of"] == 247
    assert scan["found"][0]["profile"] == "eastron_sdm630"


def test_appliances_on_the_network_are_told_by_their_sunspec_models(installer, new_box, new_home):
    with loop() as call:
        buses, devices = [], []
        for name, device in (
            ("pv", SunSpecInverter(1, new_home)),
            ("battery", SunSpecBattery(1, new_home, new_home.spec.battery)),
        ):
            port = call(lambda device=device: serve_tcp(device))
            devices.append(device)
            buses.append({"name": name, "type": "tcp", "host": "127.0.0.1", "port": port})
        box = installer({**new_box, "buses": buses})
        found = {}
        for name in ("pv", "battery"):
            box.ask({"scan": {"bus": name, "first": 1, "last": 2}})
            scan = box.until(ended, 60)["scan"]
            assert scan["bus"] == name
            found[name] = [(one["unit"], one["profile"]) for one in scan["found"]]
        assert found == {
            "pv": [(1, "sunspec_inverter")],
            "battery": [(1, "sunspec_battery"), (1, "sunspec_inverter")],
        }
        for device in devices:
            assert device.asked <= READS


def test_a_network_device_that_is_not_there_is_told(installer, new_box):
    box = installer({**new_box, "buses": [{"name": "net", "type": "tcp", "host": "127.0.0.1", "port": 9}]})
    box.ask({"scan": "net"})
    scan = box.until(ended)["scan"]
    assert scan["found"] == []
    assert scan["error"].startswith("127.0.0.1:9 cannot be used: ")


def test_the_self_test_says_what_works_and_what_does_not(installer, new_box, line):
    devices = [
        {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": 1},
        {"role": "tank", "profile": "waveshare_relay", "bus": "rs485", "unit": 4},
        {"role": "tank", "profile": "eastron_sdm120", "bus": "rs485", "unit": 9},
    ]
    tank = {"litres": 200, "power_w": 2000, "min_mc": 45000, "max_mc": 62000, "loss_w_k": 2, "daily_use_wh": 6000}
    home = {**new_box["home"], "tank": tank}
    box = installer({**new_box, "buses": [rtu(line, timeout_ms=150)], "devices": devices, "home": home})
    box.until(lambda state: state["passes"] >= 2)
    before = list(line.emulated[2].coils)
    box.ask({"self_test": True})
    told = box.ask()["self_test"]
    assert [(row["what"], row["ok"]) for row in told] == [
        ("bus", False),
        ("device", True),
        ("device", True),
        ("device", False),
        ("hub", True),
        ("clock", True),
        ("flash", True),
        ("relay", True),
    ]
    assert told[0]["says"] == "rs485: 2 of 3 devices answer"
    assert told[1]["says"] == "grid eastron_sdm630: grid.power 1234 W, grid.import 5678 Wh, grid.export 0 Wh"
    assert told[3]["says"] == "tank eastron_sdm120 does not answer: unit 9 did not answer within 150 ms"
    assert told[7]["says"] == "waveshare_relay switches the tank; it was not moved"
    assert line.emulated[2].coils == before
