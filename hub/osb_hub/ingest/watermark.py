"""How far a box may forget: the highest number up to which nothing is missing."""

from collections.abc import Iterable


def advanced(mark: int, stored: Iterable[int], oldest: int) -> int:
    """The new watermark of one epoch.

    `mark`: the present one, 0 at first. `stored`: numbers stored or refused for good, in any order. `oldest`: the
    lowest number the box still holds; what is missing below it will never come, so it holds nothing up.
    """
    mark = max(mark, oldest - 1)
    for seq in sorted(stored):
        if seq == mark + 1:
            mark = seq
        elif seq > mark:
            break
    return mark
