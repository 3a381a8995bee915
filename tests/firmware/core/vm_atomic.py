"""State outlives a restart as a whole or not at all."""

import os

from osb_boot import atomic

PATH = (os.getenv("TMPDIR") or "/tmp") + "/osb-state-%d.json" % (os.urandom(1)[0] << 8 | os.urandom(1)[0])


def test_saved_only_if_it_differs_and_read_back():
    assert atomic.load(PATH) is None
    written = atomic.save(PATH, {"a": [1, 2], "b": "ü"}, None)
    assert atomic.load(PATH) == {"a": [1, 2], "b": "ü"}
    os.remove(PATH)
    assert atomic.save(PATH, {"a": [1, 2], "b": "ü"}, written) == written
    assert atomic.load(PATH) is None  # not written again
    assert atomic.save(PATH, {"a": [1, 3], "b": "ü"}, written) != written
    assert atomic.load(PATH) == {"a": [1, 3], "b": "ü"}
    os.remove(PATH)


def test_a_damaged_file_is_no_state():
    atomic.save(PATH, {"a": 1}, None)
    with open(PATH, "r+b") as f:
        f.seek(12)
        f.write(b"z")
    assert atomic.load(PATH) is None
    with open(PATH, "wb") as f:
        f.write(b"")
    assert atomic.load(PATH) is None
    os.remove(PATH)
