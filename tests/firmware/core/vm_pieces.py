"""An answer in pieces is the same answer, and so is an offer in parts, none of which needs a large piece of memory."""

import json

from osb_box import finish
from osb_box.pieces import Text, of, parts

SERIES = list(range(10000, 10096))


def test_the_pieces_are_the_json_of_the_whole():
    for value in (None, {}, {"a": []}, {"a": [1, {"b": "ü"}], "c": {"d": None}, "e": True}, [1, 2]):
        pieces = list(of(value))
        assert json.loads("".join(pieces)) == value, pieces


def test_what_is_made_one_by_one_is_a_list():
    pieces = list(of({"a": ({"n": n} for n in range(3)), "b": (n for n in ())}))
    assert json.loads("".join(pieces)) == {"a": [{"n": 0}, {"n": 1}, {"n": 2}], "b": []}, pieces


def test_a_moment_for_others_is_no_item_unless_a_list_has_it():
    pieces = list(of({"a": (item for item in ("", 1, "", 2)), "b": ["", 1]}))
    assert json.loads("".join(pieces)) == {"a": [1, 2], "b": ["", 1]}, pieces
    assert pieces.count("") == 2
    with Text(piece for piece in ("", "x", "", "y")) as f:
        assert [f.read(1000) for _ in range(4)] == [None, b"x", b"y", b""]


def test_they_are_read_as_a_file_is():
    text, found = Text(of({"a": [[n] for n in range(100)]})), []
    with text as f:
        while True:
            part = f.read(32)
            if not part:
                break
            found.append(part)
    assert json.loads(b"".join(found).decode()) == {"a": [[n] for n in range(100)]}
    assert max(len(part) for part in found) < 48


def store(actuator):
    return {"actuator": actuator, "fill_wh": -5, "fill_min_wh": SERIES, "fill_max_wh": 9000, "below_price": None}


def test_the_parts_of_an_offer_are_its_json_and_none_is_larger_than_a_series_and_what_is_beside_it():
    for names, most in (((), 2), (("ev",), 3), (("ev", "battery", "tank"), 5)):
        offer = {"id": 7, "slots": 96, "load_w": SERIES, "pv_w": 0, "stores": [store(name) for name in names]}
        offer["load_error_w"] = [1, None, 3, 4]
        found = finish(parts(offer))
        assert json.loads(b"".join(found)) == offer, found
        assert len(found) <= most  # a series of 96 numbers of five digits takes 672 bytes
        assert max([len(part) for part in found]) < 1300
        assert min([len(part) for part in found[:-1]]) >= 512
