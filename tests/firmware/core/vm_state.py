"""State outlives a restart as a whole or not at all."""

import os

from osb_box import state

PATH = (os.getenv("TMPDIR") or "/tmp") + "/osb-state-%d.json" % (os.urandom(1)[0] << 8 | os.urandom(1)[0])


def test_saved_only_if_it_differs_and_read_back():
    assert state.load(PATH) is None
    written = state.save(PATH, {"a": [1, 2], "b": "ü"}, None)
    assert state.load(PATH) == {"a": [1, 2], "b": "ü"}
    os.remove(PATH)
    assert state.save(PATH, {"a": [1, 2], "b": "ü"}, written) == written
    assert state.load(PATH) is None  # not written again
    assert state.save(PATH, {"a": [1, 3], "b": "ü"}, written) != written
    assert state.load(PATH) == {"a": [1, 3], "b": "ü"}
    os.remove(PATH)


def test_a_damaged_file_is_no_state():
    state.save(PATH, {"a": 1}, None)
    with open(PATH, "r+b") as f:
        f.seek(12)
        f.write(b"z")
    assert state.load(PATH) is None
    with open(PATH, "wb") as f:
        f.write(b"")
    assert state.load(PATH) is None
    os.remove(PATH)
