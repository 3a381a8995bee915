"""The golden vectors on CPython: the same cases as vm_wire.py runs on MicroPython."""

import json
from pathlib import Path

import pytest

from osb_wire.fields import WireError
from osb_wire.messages import BOX_TO_HUB, HUB_TO_BOX, decode, encode

CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['why']}")
    for path in sorted((Path(__file__).parent / "vectors").glob("*.json"))
    for case in json.loads(path.read_text())
]


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_vector(kind, case):
    payload = case["payload"].encode()
    if "refused" in case:
        with pytest.raises(WireError) as caught:
            decode(kind, payload)
        assert caught.value.field == case["refused"]
    else:
        assert decode(kind, payload) == case["message"]
        assert decode(kind, encode(kind, case["message"])) == case["message"]


def test_every_kind_has_an_accepted_and_a_refused_vector():
    for outcome in ("message", "refused"):
        assert {p.values[0] for p in CASES if outcome in p.values[1]} == {*BOX_TO_HUB, *HUB_TO_BOX}


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_what_is_nested_deeper_than_the_interpreter_follows_is_refused(opening):
    for depth in (900, 6000):
        with pytest.raises(WireError) as caught:
            decode("event", opening.encode() * depth)
        assert str(caught.value) == "message: is not JSON"
    with pytest.raises(WireError, match="message: "):
        decode("event", b"[" * 16000 + b"]" * 16000)


def test_what_is_encoded_needs_no_surrogates():
    event = next(p.values[1]["message"] for p in CASES if "🔌" in p.values[1]["payload"])
    assert "🔌".encode() in encode("event", event)
