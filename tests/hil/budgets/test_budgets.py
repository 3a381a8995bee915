"""What counts as worse, which way round, and by how much."""

import pytest

from osb_hil.budgets.holds import Step, Steps, erased_us, learn, told
from osb_hil.budgets.limits import HASTY, refused, table, verdict

STORED = {"vm": {"bytes in all": 200_000, "free heap [B]": 60_000, "years of the hottest block, with a hub": 26.0}}


@pytest.mark.parametrize(
    ("what", "now", "worse"),
    [
        ("bytes in all", 209_999, False),
        ("bytes in all", 210_001, True),
        ("bytes in all", 100_000, False),
        ("free heap [B]", 57_143, False),
        ("free heap [B]", 57_142, True),
        ("free heap [B]", 90_000, False),
        ("years of the hottest block, with a hub", 20.0, True),
        ("something new", 1e9, False),
    ],
)
def test_a_twentieth_is_the_limit(what, now, worse):
    assert bool(refused(STORED, {"vm": STORED["vm"] | {what: now}})) == worse


def test_a_figure_that_is_not_measured_any_more_is_refused():
    assert refused({"pico": {"held by link [ms]": 20.0, "characters lost": 0}}, {"pico": {"characters lost": 0}}) == [
        "pico: held by link [ms] was 20 and is not measured any more"
    ]
    assert refused({"vm": {"held by link [ms]": 20.0}}, {"vm": {}}) == []
    assert refused({"pico": {"held by link, of it flash erase and what moves there [ms]": 45.0}}, {"pico": {}}) == []


def test_the_sentence_names_rung_figure_and_both_values():
    assert refused(STORED, {"vm": STORED["vm"] | {"bytes in all": 250_000}}) == [
        "vm: bytes in all was 200000 and is 250000"
    ]


@pytest.mark.parametrize(
    ("rung", "what", "worse"),
    [
        ("vm", "held by link [ms]", False),
        ("vm", "largest block [B]", False),
        ("vm", "energy of a year: worst counter off by [Wh]", True),
        ("pico", "held by link [ms]", False),
        ("pico", "held by link, collections apart [ms]", True),
        ("pico", "held by link, of it flash erase and what moves there [ms]", True),
        ("pico", "held by box: start, the rest [ms]", True),
        ("pico", "characters lost", True),
    ],
)
def test_times_of_the_vm_are_told_and_those_of_a_chip_refused(rung, what, worse):
    before, now = (30_000, 20_000) if "block" in what else (0, 1) if what[0] in "ec" else (20.0, 30.0)
    assert bool(refused({rung: {what: before}}, {rung: {what: now}})) == worse


@pytest.mark.parametrize(
    ("what", "value", "said"),
    [
        ("held by cycle: report [ms]", 50.0, "kept"),
        ("held by cycle: report [ms]", 50.1, "MISSED"),
        ("held by box: start [ms]", 3000.0, ""),
        ("held by cycle: report, of it flash erase and what moves there [ms]", 135.0, ""),
        ("held by cycle: report [ms]", 135.0, "MISSED"),
        ("24-hour plan with a peak price: all of it [ms]", 3001.0, "MISSED"),
        ("sweep of 5 devices at 9600 baud, of the wire's own minimum", 1.15, "kept"),
        ("years of the hottest block, with a hub", 19.9, "MISSED"),
        ("energy of a year: worst counter off by [Wh]", 1, "MISSED"),
        ("bytes in all", 1e9, ""),
    ],
)
def test_a_budget_is_kept_or_missed(what, value, said):
    assert verdict(what, value) == said


def test_what_misses_its_budget_on_a_chip_is_refused_and_on_the_vm_told():
    figures = {"held by web [ms]": 50.1, "held by web, collections apart [ms]": 40.0}
    assert refused({}, {"vm": figures, "pico": figures}) == ["pico: held by web [ms] is 50.1, beyond its budget"]


def test_the_table_has_each_budget_in_words_and_says_what_is_missed():
    rows = table({"held by web [ms]": 120.5, "bytes in all": 244675}).splitlines()
    assert rows[2:] == ["| held by web [ms] | 120.5 | ≤ 50 | MISSED |", "| bytes in all | 244,675 |  |  |"]


def test_what_waits_for_the_clock_is_told_only():
    what = {"boot to the first reading [s]": 5.0, "boot until all tasks run [s]": 3.0, HASTY: 180.0}
    assert refused({"pico": what}, {"pico": {name: value * 2 for name, value in what.items()}}) == [
        "pico: boot until all tasks run [s] was 3 and is 6"
    ]


def test_erasing_and_what_the_driver_waits_for_are_named_apart():
    erase, driver = "flash erase and what moves there", "a wait of the radio's driver"
    steps: Steps = {}
    for task, step in (
        ("the bench itself", Step(110_000, 1_110_000, {}, 0)),
        ("box: start", Step(900_000, 3_320_000, {}, 0)),
        ("cycle: report", Step(364_200, 5, {erase: 180_000}, 0)),
        ("link", Step(174_500, 9, {erase: 90_000, driver: 50_000}, 0)),
        ("web", Step(29_000, 8, {}, 0)),
        ("web", Step(30_000, 9, {}, 10_500)),
        ("web", Step(25_000, 19, {}, 0)),
    ):
        learn(steps, task, step)
    assert told(steps) == {
        "boot until all tasks run [s]": 3.21,
        "held by box: start [ms]": 900.0,
        "held by box: start, collections apart [ms]": 900.0,
        "held by cycle: report, of it flash erase and what moves there [ms]": 180.0,
        "held by cycle: report [ms]": 184.2,
        "held by cycle: report, collections apart [ms]": 184.2,
        "held by link, of it flash erase and what moves there [ms]": 90.0,
        "held by link, of it a wait of the radio's driver [ms]": 50.0,
        "held by link [ms]": 34.5,
        "held by link, collections apart [ms]": 34.5,
        "held by web [ms]": 30.0,
        "held by web, collections apart [ms]": 29.0,
    }


def test_what_is_written_into_an_erased_block_at_once_belongs_to_erasing():
    # as littlefs did on the emulated Pico W when it moved a directory: 45 ms, and 19,603 us until the last page of it
    step = [(12603984, "erase"), (12658563, "program"), (12659039, "program"), (12668587, "program")]
    assert erased_us(step) == 45_000 + 19_603
    assert erased_us([(0, "program"), (5000, "erase"), (61_000, "program")]) == 45_000  # eleven milliseconds later
    assert erased_us([(0, "erase"), (45_000, "erase"), (91_000, "program")]) == 91_000
    assert erased_us([(0, "program"), (9000, "program")]) == 0
