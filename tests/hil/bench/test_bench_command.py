"""`python -m osb_hil` with arguments that make no sense, and the span of the days that DST makes short and long."""

from zoneinfo import ZoneInfo

import pytest

from osb_hil.__main__ import _parser, _plan, main


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--homes", "0"], "--homes must be 1 to 100, not 0"),
        (["--homes", "many"], "argument --homes: invalid int value: 'many'"),
        (["--day", "15/1/2026"], "--day must be a date like 2026-01-15, not 15/1/2026"),
        (["--zone", "Brussels"], "--zone must be a time zone like Europe/Brussels, not Brussels"),
        (["--mqtt", "1883"], "--mqtt must be HOST:PORT like 127.0.0.1:1883, not 1883"),
        (["--hours", "0"], "--hours must be 1 to 48, not 0"),
        (["--start-hour", "24"], "--start-hour must be 0 to 23, not 24"),
        (["--seed", "-1"], "--seed must not be negative, -1 is"),
        (["--story", "summer"], "argument --story: invalid choice: 'summer' (choose from 'winter', 'none')"),
    ],
)
def test_one_sentence_and_exit_status_2(tmp_path, capsys, arguments, sentence):
    assert main(["--out", str(tmp_path), *arguments]) == 2
    assert capsys.readouterr() == ("", f"osb_hil: {sentence}\n")


@pytest.mark.parametrize(("day", "slots"), [("2026-01-15", 96), ("2026-03-29", 92), ("2026-10-25", 100)])
def test_a_day_has_as_many_slots_as_its_clock_has_quarters(tmp_path, day, slots):
    plan = _plan(_parser().parse_args(["--out", str(tmp_path), "--day", day]))
    assert (plan.end - plan.start) / 900 == slots


def test_a_part_of_a_day_keeps_only_what_happens_in_it(tmp_path):
    arguments = ["--out", str(tmp_path), "--start-hour", "16", "--hours", "2", "--mqtt", "127.0.0.1:1883"]
    plan = _plan(_parser().parse_args(arguments))
    assert (plan.start, plan.end) == (1768489200, 1768496400)  # 16:00 and 18:00 in Brussels
    assert [fault.kind for fault in plan.story] == ["link"]
    assert plan.zone == ZoneInfo("Europe/Brussels")
