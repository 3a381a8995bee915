"""An answer in pieces is the same answer."""

import json

from osb_box.web.pieces import Text, of


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
    text, parts = Text(of({"a": list(range(100))})), []
    with text as f:
        while True:
            part = f.read(32)
            if not part:
                break
            parts.append(part)
    assert json.loads(b"".join(parts).decode()) == {"a": list(range(100))}
    assert max(len(part) for part in parts) < 48
