"""A new box at its installer's: what it tells, what it takes, and how it goes back from settings that do not work."""

import json

import pytest

from osb_hil.boards import load

SDM = {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": 1}


def test_a_box_with_nothing_but_secrets_tells_what_can_be_set_up(installer, new_box):
    box = installer(new_box, heap="180k")
    state = box.ask()
    assert (state["configured"], state["board"]) == (False, "linux")
    assert state["roles"][:6] == ["grid", "pv", "battery", "ev", "heat_pump", "tank"]
    sdm = next(profile for profile in state["profiles"] if profile["name"] == "eastron_sdm630")
    assert sdm["title"] == "Eastron SDM630 three-phase meter"
    assert (sdm["bus"], sdm["roles"]) == ("rtu", ["battery", "ev", "grid", "heat_pump", "pv", "tank"])
    assert {p["bus"] for p in state["profiles"]} >= {"rtu", "tcp", "p1"}
    assert (state["buses"], state["devices"], state["hub"], state["wifi"]) == ([], [], None, None)
    assert state["scan"] == {"running": False, "bus": None, "done": 0, "of": 0, "found": []}
    assert state["self_test"] is None


def test_what_is_wired_to_the_board_can_be_chosen_by_name(installer, new_box, tmp_path):
    (tmp_path / "board.json").write_text(load("pico_w").for_device())
    assert installer(new_box).ask()["wired"] == {
        "uarts": ["rs485", "p1"],
        "pulses": ["s0"],
        "inputs": ["in1"],
        "relays": ["relay1", "relay2"],
        "analogue": ["a0"],
        "onewire": True,
        "i2c": True,
    }


def test_secrets_are_never_told(installer, new_box):
    new_box["hub"] = {"host": "127.0.0.1", "port": 9, "user": "u", "password": "hush", "keepalive_s": 60, "retry_s": 60}
    new_box["wifi"] = {"ssid": "home", "password": "hush-hush"}
    state = installer(new_box).ask()
    assert "hush" not in json.dumps(state)
    assert state["hub"] == {"host": "127.0.0.1", "port": 9, "connected": False}


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"settings": {"poll_s": 0}}, "poll_s 0 is outside 1..900"),
        ({"settings": {"devices": [SDM]}}, "devices[0].bus rs485 is not a bus: must be one of none defined"),
        ({"settings": {"box_id": "mine"}}, "settings: box_id cannot be changed here"),
        ({"settings": {"web": {"token": "x"}}}, "settings: web cannot be changed here"),
        (
            {
                "settings": {
                    "buses": [{"name": "net", "type": "tcp", "host": "127.0.0.1", "port": 502}],
                    "devices": [{"role": "grid", "profile": "nosuch", "bus": "net", "unit": 1}],
                }
            },
            "there is no device profile nosuch.json",
        ),
        (
            {
                "settings": {
                    "buses": [{"name": "net", "type": "tcp", "host": "127.0.0.1", "port": 502}],
                    "devices": [{"role": "grid", "profile": "dsmr5", "bus": "net", "unit": 1}],
                }
            },
            "dsmr5.json: the bus net is of another type",
        ),
        ({"scan": "rs485"}, "scan: rs485 is not a bus: must be one of none defined"),
        ({"scan": {"bus": [1]}}, "scan: must be the name of a bus"),
        ({"scan": {"bus": "rs485", "bauds": 5}}, "scan: bauds must be a list of speeds"),
        ({"wifi": {"password": "x"}}, "wifi: ssid is missing: the name of the network"),
        ({"reboot": 1}, "reboot: is not a known wish; known are scan, settings, self_test, wifi"),
    ],
)
def test_a_wrong_wish_is_one_sentence_and_changes_nothing(wish, says, shared):
    before = shared.config
    assert shared.ask(wish) == {"error": says}
    assert shared.config == before
    assert not (shared.folder / "config.try").exists()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    from installer import Installer

    from osb_hil.boards import load
    from osb_hil.flash.settings import first

    box = Installer(tmp_path_factory.mktemp("box"), {**first("linux", load("linux")), "web": None})
    yield box
    box.close()


def test_new_settings_are_in_force_after_a_restart_and_stay_once_they_work(installer, new_box):
    box = installer(new_box)
    answer = box.ask({"settings": {"home": {"fuse_w": 5750}}, "wifi": {"ssid": "home", "password": "pass-word"}})
    assert answer == {"ok": True}
    assert box.ask({"settings": {"poll_s": 2}})["error"].startswith("settings: the last ones have yet to show")
    assert box.ended() == 3
    box.boot()
    assert box.config["home"]["fuse_w"] == 5750
    assert box.config["home"]["comfort"] == new_box["home"]["comfort"]
    assert box.config["wifi"] == {"ssid": "home", "password": "pass-word"}
    box.until(lambda _: not (box.folder / "config.try").exists(), 20)
    assert not (box.folder / "config.old").exists()
    box.cut()
    box.boot()
    assert box.ask()["taken_back"] is None


def test_settings_that_are_refused_at_the_start_are_taken_back_with_the_reason(installer, new_box):
    box = installer(new_box)
    box.ask({"settings": {"home_assistant": dict(HUB, ca="missing.der")}})  # only the start looks for the file
    box.ended()
    box.start()
    assert box.process.wait(20) == 3
    box.boot()
    assert box.config == new_box
    assert box.ask()["taken_back"].startswith("config.json: home_assistant.ca names missing.der")


HUB = {"host": "127.0.0.1", "port": 9, "user": "u", "password": "p", "keepalive_s": 60, "retry_s": 60}


def test_settings_with_which_the_box_does_not_come_up_are_taken_back_after_three_starts(installer, new_box):
    box = installer(new_box)
    box.ask({"settings": {"poll_s": 900}})  # its first pass may be a quarter of an hour away
    box.ended()
    for _ in range(3):
        box.boot()
        assert box.config["poll_s"] == 900
        box.cut()
    box.boot()
    assert box.config == new_box
    assert box.ask()["taken_back"] == "the box started 3 times and did not come to work with them"


def test_an_unchanged_wish_does_not_restart_the_box(installer, new_box):
    box = installer(new_box)
    box.ask({"settings": {}})
    box.until(lambda state: state["passes"] >= 2)
    assert box.process.poll() is None


def test_a_box_short_of_memory_checks_new_settings_at_its_start(installer, new_box):
    box = installer(new_box)
    assert box.ask({"settings": {"poll_s": 0}, "no room": True}) == {"ok": True}
    box.ended()
    box.start()
    assert box.process.wait(20) == 3
    box.boot()
    assert box.config == new_box
    assert box.ask()["taken_back"] == "config.json: poll_s 0 is outside 1..900."
