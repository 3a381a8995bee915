"""A progress line on stderr, for what takes longer than two seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from threading import Timer

from rich.console import Console

from osb_hub.dispatch.result import Progress

QUIET_S = 2.0  # whatever is done by then needs no line
_EVERY_S = 2.0  # between lines where there is no terminal


@contextmanager
def progress_line() -> Iterator[Callable[[Progress], None]]:
    """Takes what a solver reports: one line that renews itself on a terminal, plain lines elsewhere."""
    console = Console(stderr=True, highlight=False)
    status = console.status("")
    last_s = 0.0

    def say(text: str) -> None:
        if console.is_terminal:
            status.update(text)
            status.start()
        else:
            console.print(text, markup=False, soft_wrap=True)

    def show(at: Progress) -> None:
        nonlocal last_s
        waiting.cancel()
        if at.seconds >= QUIET_S and (console.is_terminal or at.seconds - last_s >= _EVERY_S):
            last_s = at.seconds
            say(told(at))

    waiting = Timer(QUIET_S, say, ["solving, no bounds yet"])
    waiting.daemon = True
    waiting.start()
    try:
        yield show
    finally:
        waiting.cancel()
        status.stop()


def told(at: Progress) -> str:
    """The line: how long, how good."""
    known = isfinite(at.lower_bound_eur)
    bounds = f"between {at.lower_bound_eur:.2f} and {at.upper_bound_eur:.2f} EUR, gap {at.gap:.1e}" if known else ""
    expected = f"about {at.expected_gap:.0e} to go" if at.expected_gap else ""
    return f"{at.seconds:.0f} s, iteration {at.iteration}: {', '.join(part for part in (bounds, expected) if part)}"
