"""What counts as worse, which way round, and by how much."""

import pytest

from osb_hil.budgets.__main__ import refused

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
    assert bool(refused(STORED, {"vm": {what: now}})) == worse


def test_the_sentence_names_rung_figure_and_both_values():
    assert refused(STORED, {"vm": {"bytes in all": 250_000}}) == ["vm: bytes in all was 200000 and is 250000"]
