"""What building the firmware makes of the device profiles."""

import json
from pathlib import Path

import pytest

from osb_hil.firmware import ROOT
from osb_hil.profiles import brief, catalogue

METER = {
    "title": "XY three-phase meter",
    "maker": "Zähler & Co",
    "source": "a document",
    "bus": "modbus",
    "line": "rtu",
    "roles": {"pv": {"import": None}, "grid": {}},
    "most": 80,
    "known": [{"vendor": "ZC"}],
    "read": [{"point": "power"}],
}
_ENERGY = {"import": "energy", "export": None}
BOTH_WAYS = {  # what a profile without roles can be: firmware/osb_box/devices/profile.py
    "grid": {},
    "pv": {"import": None},
    "battery": {},
    "heat_pump": _ENERGY,
    "tank": _ENERGY,
    "ev": _ENERGY,
}
PLACE = Path("profiles/zc_xy.json")


def test_a_board_gets_what_loads_a_device_and_a_list_of_what_people_are_told():
    assert json.loads(brief(METER)) == {key: METER[key] for key in ("bus", "roles", "most", "read")}
    relay = {"title": "relay", "source": "x", "bus": "board", "line": "board", "roles": {"ev": {}}}
    lines = catalogue({PLACE: METER, Path("profiles/a_relay.json"): relay}).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        ["a_relay", "relay", "board", "board", ["ev"], None],
        ["zc_xy", "Zähler & Co XY three-phase meter", "rtu", "modbus", ["grid", "pv"], [{"vendor": "ZC"}]],
    ]


def test_what_rows_share_is_said_once_and_none_says_another_thing_for_it():
    rows = [
        {"point": "power", "fc": 4, "type": "f32", "high": 9},
        {"point": "import", "fc": 4, "type": "u32", "counter": 1},
        {"point": "export", "fc": 4, "type": "f32", "high": 9},
    ]
    built = json.loads(brief({**METER, "read": rows}))
    assert built["each"] == {"fc": 4, "type": "f32"}
    assert built["read"] == [
        {"point": "power", "high": 9},
        {"point": "import", "type": "u32", "counter": 1},
        {"point": "export", "high": 9},
    ]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "firmware/osb_box/devices/profiles").glob("*.json")), ids=lambda p: p.stem
)
def test_each_shipped_profile_is_the_same_once_it_is_spelled_out(path):
    written = json.loads(path.read_text())
    built = json.loads(brief(written))
    each = built.pop("each", {})
    built.setdefault("roles", BOTH_WAYS)
    if "read" in built:
        built["read"] = [{**each, **row} for row in built["read"]]
    assert built == {key: written[key] for key in ("bus", "roles", "gap", "most", "read", "write") if key in written}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "zc_xy.json: title: must be text of 1 to 60 bytes"),
        ({"title": "ä" * 31}, "zc_xy.json: title: must be text of 1 to 60 bytes"),
        ({"maker": 7}, "zc_xy.json: maker: must be text of 1 to 24 bytes"),
        ({"source": None}, "zc_xy.json: source: must be text of 1 to 400 bytes"),
        ({"line": "can"}, "zc_xy.json: line: must be one of rtu, tcp, p1, sml, board"),
    ],
)
def test_a_profile_that_tells_people_too_little_is_not_built(change, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        catalogue({PLACE: {**METER, **change}})
