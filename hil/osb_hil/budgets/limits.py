"""What each figure may be at most, or must be at least, and how it is told beside its budget."""

import re
from typing import NamedTuple

MISSED = "MISSED"
WORSE = 1.05  # a figure that has become worse by more is refused
OWN = "collections apart"  # of a task: its longest step without a collection of garbage that fell into it
MORE_IS_BETTER = ("free heap", "largest block", "years")
# of the VM these are told only: times are ratios within one run and differ from run to run, holds by half, and
# where the heap is split depends on what happens to meet
_TOLD_ONLY = re.compile(r".*\[ms\]|largest block.*")
# what these are beyond a task's own part, which is compared, is chance: where a collection falls
_BY_CHANCE = re.compile(rf"held by (?!box: start)((?!, of it |{OWN}).)* \[ms\]")
HASTY = "page: first byte, asked in the breath in which it is connected [ms]"
# for the next multiple of ten seconds by the box's own clock, and for the next quarter of a second by the network's
_WAITS = ("boot to the first reading [s]", HASTY)  # told only, too
_BOARD_KB = 1024 * 3 // 2  # a kilobyte of a Pico W in bytes of the VM (decision 13)


class Budget(NamedTuple):
    """`words` are what the table says; None for `most` and `least`: named apart, for the reason in `words`."""

    words: str
    most: float | None = None
    least: float | None = None


_NAMED_APART = (  # the first that fits
    (r"held by box: start.* \[ms\]", Budget("named apart: nothing runs yet")),
    (r"held by .*, of it flash erase and what moves there \[ms\]", Budget("named apart: littlefs")),
    (r"held by .*, of it a wait of the radio's driver \[ms\]", Budget("named apart: it joins")),
    (r"held by link: TLS handshake.* \[ms\]", Budget("named apart: TLS")),
    (r"update verification: .* \[ms\]", Budget("≤ 50 (named apart)", most=50)),
)
_BUDGETS = (
    *_NAMED_APART,
    (r"held by .* \[ms\]", Budget("≤ 50", most=50)),
    (r"control tick.* \[ms\]", Budget("≤ 50", most=50)),
    (r"24-hour plan.*: all of it \[ms\]", Budget("≤ 3,000", most=3000)),
    (r"24-hour plan.*: longest slice \[ms\]", Budget("≤ 50", most=50)),
    (r"a collection of garbage, of one .*", Budget("≤ 0.7", most=0.7)),
    (r"sweep of .* minimum", Budget("≤ 1.15", most=1.15)),
    (r"characters lost", Budget("0", most=0)),
    (r"free heap \[B\]", Budget("≥ 61,440 (40 kB of a board)", least=40 * _BOARD_KB)),
    (r"largest block \[B\]", Budget("≥ 36,864 (24 kB of a board)", least=24 * _BOARD_KB)),
    (r"free heap with Wi-Fi.*", Budget("≥ 40,960", least=40 * 1024)),
    (r"largest block with Wi-Fi.*", Budget("≥ 24,576", least=24 * 1024)),
    (r"years of the hottest block, .*", Budget("≥ 20", least=20)),
    (r"energy of a year: worst counter .*", Budget("0", most=0)),
)


def budget(what: str) -> Budget | None:
    """The budget of a figure, if it has one."""
    return next((budget for pattern, budget in _BUDGETS if re.fullmatch(pattern, what)), None)


def verdict(what: str, value: float) -> str:
    """One word: what became of the budget; "" where there is none."""
    given = budget(what)
    if given is None or given.most is given.least is None:
        return ""
    missed = (given.most is not None and value > given.most) or (given.least is not None and value < given.least)
    return MISSED if missed else "kept"


def refused(stored: dict[str, dict[str, float]], found: dict[str, dict[str, float]]) -> list[str]:
    """One sentence for each figure that is worse by more than a twentieth, or gone, but for what is only told, and for
    each of a chip that misses its budget.
    """
    sentences = []
    for rung, figures in found.items():
        missed = [what for what, now in figures.items() if rung != "vm" and verdict(what, now) == MISSED]
        sentences += [f"{rung}: {what} is {figures[what]:g}, beyond its budget" for what in missed]
        for what, before in stored.get(rung, {}).items():
            if what in _WAITS or (rung == "vm" and _TOLD_ONLY.fullmatch(what)):
                continue
            now = figures.get(what)
            if now is None and ", of it " in what:  # not every run has an erase in the same task
                continue
            better = what.startswith(MORE_IS_BETTER)
            if now is None:
                sentences.append(f"{rung}: {what} was {before:g} and is not measured any more")
            elif _BY_CHANCE.fullmatch(what):
                continue
            elif now * WORSE < before if better else now > before * WORSE:
                sentences.append(f"{rung}: {what} was {before:g} and is {now:g}")
    return sentences


def table(figures: dict[str, float]) -> str:
    """The rows of a rung, each figure with its budget beside it."""
    rows = ["| what | figure | budget | |", "|---|---:|---|---|"]
    for what, value in figures.items():
        given = budget(what)
        rows.append(f"| {what} | {_number(value)} | {given.words if given else ''} | {verdict(what, value)} |")
    return "\n".join(rows) + "\n"


def _number(value: float) -> str:
    return f"{value:,.10g}" if value == int(value) else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"
