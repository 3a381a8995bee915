"""An offer leaves the box in parts, none of which needs a large piece of memory; together they are its JSON."""

import json

from osb_box import finish
from osb_box.link.parts import in_parts

SERIES = list(range(10000, 10096))


def store(actuator, fill):
    return {"actuator": actuator, "fill_wh": fill, "fill_min_wh": SERIES, "fill_max_wh": 9000, "below_price": None}


def offer(stores):
    return {"id": 7, "slots": 96, "load_w": SERIES, "pv_w": 0, "stores": stores, "load_error_w": [1, None, 3, 4]}


def test_together_they_say_what_the_message_said():
    for names in ((), ("ev",), ("ev", "battery", "tank")):
        said = json.loads(b"".join(finish(in_parts(offer([store(name, -5) for name in names])))))
        assert said == offer([store(name, -5) for name in names]), said


def test_none_is_larger_than_a_series_and_what_is_beside_it():
    parts = finish(in_parts(offer([store("ev", 0), store("battery", 1), store("tank", 2)])))
    assert len(parts) == 5, len(parts)  # four series of 96 numbers of five digits, 672 bytes each, and the end
    assert max([len(part) for part in parts]) < 900, [len(part) for part in parts]
    assert min([len(part) for part in parts[:-1]]) >= 512


def test_what_has_been_written_is_free_before_the_end():
    message = offer([store("ev", 0)])
    next(in_parts(message))
    assert len(message) < len(offer([]))  # in whatever order MicroPython has them
