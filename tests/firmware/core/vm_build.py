"""What is built from the configuration, and what leaves memory when it has been used."""

import json
import os
import sys

from osb_boot import slots
from osb_box import build, forget
from osb_box.plan.account import Account

SETTINGS = {
    "box_id": "box-01",
    "board": "linux",
    "zone": {"utc_offset_s": 3600, "dst": "eu"},
    "poll_s": 10,
    "journal_flush_s": 0,
    "outbox_max_bytes": 65536,
    "buses": [],
    "devices": [],
    "home": {
        "fuse_w": 9200,
        "export_max_w": 9200,
        "annual_kwh": 3500,
        "comfort": {
            "min_mc": 19500,
            "max_mc": 22500,
            "night_min_mc": 17500,
            "night": ["23:00", "06:00"],
            "setpoint_mc": 20500,
        },
        "building": {"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350},
    },
}


class Port:
    def serial(self, port, baud, parity="N"):
        return (port, baud, parity)


def bus(kind, timeout_ms, **more):
    entry = {"name": "b", "type": kind, "timeout_ms": timeout_ms, "port": 502, "host": "127.0.0.1"}
    entry.update(more)
    return build._bus(entry, Port())


def test_a_bus_waits_as_long_as_its_configuration_says():
    assert bus("tcp", 4000).timeout_ms == 4000
    assert bus("p1", 10000, port="/dev/p1").timeout_ms == 10000
    assert bus("rtu", 150, port="/dev/rs485", baud=9600, parity=None).timeout_ms == 150


def test_a_bus_without_a_time_out_of_its_own_has_that_of_its_type():
    assert bus("tcp", None).timeout_ms == 1000
    assert bus("rtu", None, port="/dev/rs485", baud=9600, parity="E").timeout_ms == 1000
    assert bus("p1", None, port="/dev/p1").timeout_ms == 2500


def test_a_smart_meter_is_asked_the_time_by_a_box_that_does_not_know_it_only():
    class Clock:
        known = False

    clock, zone = Clock(), {"utc_offset_s": 3600, "dst": "eu"}
    entry = {"name": "b", "type": "p1", "timeout_ms": None, "port": "/dev/p1"}
    assert build._bus(entry, Port(), "", clock, zone).told
    assert "osb_box.bus.meter_time" not in sys.modules
    clock.known = True
    assert build._bus(entry, Port(), "", clock, zone).told is None


def test_there_is_room_for_streams_before_a_hub_is_reached_over_tls():
    class Process(Port):
        room, TLS_BYTES = 0, 21488

        def room_for_streams(self):
            self.room += 1

    process = Process()
    plain = {"hub": {"ca": None}, "home_assistant": None}
    build._secure(plain, ".", process)
    assert process.room == 0
    folder = (os.getenv("TMPDIR") or "/tmp") + "/osb-ca-%d" % (os.urandom(1)[0] << 8 | os.urandom(1)[0])
    os.mkdir(folder)
    with open(folder + "/hub.der", "wb") as f:
        f.write(b"0")
    secured = {"hub": {"ca": "hub.der"}, "home_assistant": None}
    build._secure(secured, folder, process)
    assert process.room == 1
    assert secured["hub"] == {"ca": folder + "/hub.der", "tls_bytes": 21488}
    os.remove(folder + "/hub.der")
    os.rmdir(folder)


def test_settings_of_a_version_that_was_taken_back_do_not_stop_the_one_before():
    folder = (os.getenv("TMPDIR") or "/tmp") + "/osb-build-%d" % (os.urandom(1)[0] << 8 | os.urandom(1)[0])
    os.mkdir(folder)
    with open(folder + "/config.json", "w") as f:
        f.write(json.dumps(dict(SETTINGS, moon={"phase": 3}, home=dict(SETTINGS["home"], aura_w=5))))
    refused = ""
    try:
        build._configuration(folder)
    except ValueError as e:
        refused = str(e)
    assert "is not a known key" in refused  # a typing mistake, where nothing was taken back
    slots.save(folder, dict(slots.NEW, bad=7))
    config, new = build._configuration(folder)
    assert (config["poll_s"], config["home"]["fuse_w"], new) == (10, 9200, False)
    assert "moon" not in config


class Device:
    def __init__(self, role, targets):
        self.role, self.targets = role, targets


class Home:
    def __init__(self):
        self.accounts = {"heat_pump": Account(2500, 2500, 600, 600)}


def test_the_control_knows_whether_its_heat_pump_takes_a_set_point():
    meter, boiler = Device("heat_pump", None), Device("tank", {"on": ()})
    for targets, deaf in (({"block": (), "more": ()}, True), ({"mode": (), "setpoint": ()}, False)):
        home = Home()
        build._tell_deaf(home, [meter, Device("heat_pump", targets), boiler])
        assert home.accounts["heat_pump"].deaf == deaf


def test_a_module_that_is_forgotten_can_be_had_again():
    from osb_box import leave

    first = leave
    forget("osb_box.leave", "osb_box.never_there")
    assert "osb_box.leave" not in sys.modules
    assert not hasattr(sys.modules["osb_box"], "leave")
    from osb_box import leave

    assert leave is not first
