"""What starts after what: crashes count, power cuts do not, and there is always something that starts."""

import json
import os

from osb_boot import slots

HOME = (os.getenv("TMPDIR") or "/tmp") + "/osb-slots-%d" % (os.urandom(1)[0] << 8 | os.urandom(1)[0])


def fresh(**record):
    from osb_boot.files import wipe

    wipe(HOME)
    os.mkdir(HOME)
    if record:
        slots.save(HOME, dict(slots.NEW, **record))


def whole(slot, release, **more):
    try:
        os.mkdir(HOME + "/slots")
    except OSError:
        pass
    with open(HOME + "/slots/%s.manifest" % slot, "w") as f:
        f.write(json.dumps(dict(more, release=release)) + "\n[]\n")


def start(powered_on=True):
    return slots.begin(HOME, powered_on)[1]


def test_a_board_as_it_was_flashed_starts_and_writes_nothing():
    fresh()
    for _ in range(10):
        assert start() == "a"
    assert os.listdir(HOME) == []
    assert slots.state(HOME)["slot"] == "flashed"


def test_power_cuts_are_no_crashes_however_many():
    fresh(slot="a", floor=3)
    for _ in range(100):
        assert start() == "a"
    assert slots.load(HOME)["crashes"] == 0


def test_the_fifth_crash_in_a_row_brings_the_version_before():
    fresh(slot="b", previous="a", floor=4)
    whole("b", 4)
    whole("a", 3)
    for _ in range(4):
        assert start(False) == "b"
        assert start() == "b"  # the household pulls the plug: it neither counts nor forgives
    assert start(False) == "a"
    state = slots.state(HOME)
    assert (state["slot"], state["release"], state["taken_back"]) == ("a", 3, 4)
    assert state["last"] == "release 4 crashed 5 times, the one before it runs: the watchdog bit"


def test_without_one_before_the_recovery_page_comes_and_stays_over_power_cuts():
    fresh()
    for _ in range(4):
        slots.note(HOME, True, "ValueError: a fault")
        assert start(False) == "a"
    slots.note(HOME, True, "ValueError: a fault")
    assert start(False) is None
    assert start() is None
    assert slots.state(HOME)["last"] == "the box crashed 5 times: ValueError: a fault"
    slots.once_more(HOME)
    assert start(False) == "a"
    assert start(False) is None


def test_a_version_that_is_well_again_starts_to_count_anew():
    fresh(crashes=4)
    slots.healthy(HOME)
    for _ in range(4):
        assert start(False) == "a"
    assert start(False) is None


def test_a_reset_on_purpose_is_no_crash():
    fresh()
    for _ in range(9):
        slots.note(HOME, False, "settings were restored")
        assert start(False) == "a"
    assert slots.load(HOME)["crashes"] == 0


def test_a_trial_ends_with_the_second_crash_or_with_health():
    fresh(slot="a", floor=3)
    whole("b", 4, next_key="k2")
    slots.activate(HOME, "b", 4)
    assert start(False) == "b"
    assert slots.state(HOME)["on_trial"]
    assert start(False) == "b"
    assert start(False) == "a"
    assert slots.state(HOME)["last"] == "release 4 was taken back: it crashed 2 times: the watchdog bit"
    assert slots.load(HOME)["key"] is None
    slots.activate(HOME, "b", 4)
    assert start(False) == "b"
    slots.healthy(HOME)
    record = slots.load(HOME)
    assert (record["slot"], record["previous"], record["floor"], record["key"]) == ("b", "a", 4, "k2")
    assert start() == "b"


def test_a_trial_that_only_ever_loses_its_power_ends_as_well():
    fresh(slot="a", floor=3)
    slots.activate(HOME, "b", 4)
    assert [start() for _ in range(20)] == ["b"] * 20
    assert start() == "a"
    assert slots.state(HOME)["last"] == "release 4 was taken back: it was started 20 times and never became healthy"


def test_nobody_goes_back_to_what_was_overwritten():
    fresh(slot="a", previous="b", floor=4)
    assert slots.overwrite(HOME) == "b"
    for _ in range(4):
        assert start(False) == "a"
    assert start(False) is None


def test_what_cannot_start_gives_way_to_a_whole_one_that_was_not_refused():
    fresh()
    whole("a", 0)
    whole("b", 4)
    assert slots.unusable(HOME, "a", "it is cut short") == "b"
    assert start() == "b"
    state = slots.state(HOME)
    assert (state["slot"], state["release"], state["previous"]) == ("b", 4, None)
    assert state["last"] == "the version in slot a cannot start: it is cut short"
    fresh(slot="a", bad=4)
    whole("b", 4)
    assert slots.unusable(HOME, "a", "it is gone") is None
    assert start() == "a"  # the household may still mend it: nothing is decided for good
    fresh()
    assert slots.unusable(HOME, "a", "it is gone") is None


def test_a_new_version_that_cannot_start_is_taken_back():
    fresh()
    whole("a", 0)
    whole("b", 4)
    slots.activate(HOME, "b", 4)
    assert start(False) == "b"
    assert slots.unusable(HOME, "b", "it is damaged") == "a"
    state = slots.state(HOME)
    assert (state["slot"], state["taken_back"], state["last"]) == (
        "flashed",
        4,
        "release 4 was taken back: it is damaged",
    )


def test_what_is_flashed_starts_and_what_must_not_return_stays_out():
    fresh(slot="b", previous="a", floor=4, bad=5, crashes=5, key="k2", note=[True, "a fault"])
    whole("b", 4)
    slots.flashed(HOME)
    assert start() == "a"
    record = slots.load(HOME)
    assert (record["floor"], record["bad"], record["key"], record["crashes"]) == (4, 5, "k2", 0)
    fresh()
    slots.flashed(HOME)
    assert os.listdir(HOME) == []


def test_a_damaged_record_starts_the_newest_whole_version():
    fresh(slot="a", floor=9)
    whole("a", 3)
    whole("b", 4)
    with open(HOME + "/slots.json", "r+b") as f:
        f.seek(20)
        f.write(b"\x00\x00")
    assert start() == "b"
    assert slots.load(HOME)["floor"] == 4
    fresh()
