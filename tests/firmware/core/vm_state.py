"""State outlives a restart as a whole or not at all."""

import os

from osb_box.state import StateFile

PATH = (os.getenv("TMPDIR") or "/tmp") + "/osb-state-%d.json" % (os.urandom(1)[0] << 8 | os.urandom(1)[0])


def test_saved_only_if_it_differs_and_read_back():
    state = StateFile(PATH)
    assert state.load() is None
    assert state.save({"a": [1, 2], "b": "ü"})
    assert not state.save({"a": [1, 2], "b": "ü"})
    again = StateFile(PATH)
    assert again.load() == {"a": [1, 2], "b": "ü"}
    assert not again.save({"a": [1, 2], "b": "ü"})
    assert again.save({"a": [1, 3], "b": "ü"})
    os.remove(PATH)


def test_a_damaged_file_is_no_state():
    StateFile(PATH).save({"a": 1})
    with open(PATH, "r+b") as f:
        f.seek(12)
        f.write(b"z")
    assert StateFile(PATH).load() is None
    with open(PATH, "wb") as f:
        f.write(b"")
    assert StateFile(PATH).load() is None
    os.remove(PATH)
