"""The power goes at each flash write of new settings, and of taking them back: a start finds whole ones."""

import gc
import json
import sys

import vfs

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/versions")

from nor import BLOCK, PROGRAM, Cut, Nor

from osb_box.setup import settings
from osb_box.setup.say import taken_back

HOME = "/flash"
BLOCKS = 10
OLD = {"box_id": "box-01", "poll_s": 10, "web": {"token": "letmein" * 20}, "buses": [], "home": {"fuse_w": 9200}}
NEW = settings.merged(OLD, {"poll_s": 60, "home": {"fuse_w": 5750}})


def mount(image, **how):
    nor = Nor(image, **how)
    vfs.mount(vfs.VfsLfs2(nor, readsize=PROGRAM, progsize=PROGRAM, lookahead=32), HOME)
    return nor


def found():
    with open(HOME + "/config.json") as f:
        return json.load(f)


def formatted():
    image = bytearray(b"\xff" * (BLOCKS * BLOCK))
    vfs.VfsLfs2.mkfs(Nor(image), readsize=PROGRAM, progsize=PROGRAM, lookahead=32)
    mount(image)
    with open(HOME + "/config.json", "w") as f:
        json.dump(OLD, f)
    vfs.umount(HOME)
    return image


def each_write(work, after):
    """Cut `work()` at each of its flash writes; `after(n)` looks at what a start finds."""
    blank = formatted()
    image = bytearray(blank)
    nor = mount(image, left=100000)
    work()
    vfs.umount(HOME)
    writes = 100000 - nor.left
    for n in range(writes):
        gc.collect()
        image[:] = blank
        mount(image, left=n, tear=(n * 91) & 255)
        try:
            work()
        except Cut:
            pass
        vfs.umount(HOME)
        mount(image)
        after(n)
        vfs.umount(HOME)
    return writes


def test_new_settings_are_there_whole_or_not_at_all():
    def after(n):
        assert found() in (OLD, NEW), n
        if settings.starts(HOME) and found() == NEW:
            assert settings.take_back(HOME, "they do not work")  # from wherever the cut was, there is a way back
            assert found() == OLD

    assert each_write(lambda: settings.replace(HOME, NEW), after) >= 6


def test_a_cut_while_they_are_taken_back_leaves_the_old_ones_or_another_attempt():
    def work():
        settings.replace(HOME, NEW)
        settings.take_back(HOME, "they do not work")

    def after(n):
        for _ in range(settings.TRIES + 1):  # nobody settles them: the starts run out
            assert found() in (OLD, NEW), n
            settings.starts(HOME)
        assert found() == OLD
        assert taken_back(HOME) in (None, "they do not work", GIVEN_UP), taken_back(HOME)

    assert each_write(work, after) >= 10


GIVEN_UP = "the box started 3 times and did not come to work with them"


def test_what_has_settled_stays():
    def work():
        settings.replace(HOME, NEW)
        settings.starts(HOME)
        settings.settled(HOME)

    image = formatted()
    mount(image)
    work()
    assert found() == NEW
    for _ in range(5):
        assert not settings.starts(HOME)
    assert not settings.take_back(HOME, "late")
    assert (found(), taken_back(HOME)) == (NEW, None)
    vfs.umount(HOME)


def test_a_partial_change_is_a_merge_patch():
    """Cases of RFC 7396, appendix A."""
    for kept, change, result in (
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ):
        assert settings.merged(kept, change) == result, change
