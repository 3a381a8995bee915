"""When a box on a target begins and ends a pass over its meters, as its line shows."""

from osb_hil.serial_line import Rs485Line
from osb_hil.targets import Target


async def begun(target: Target, line: Rs485Line, seconds: float) -> None:
    """Somebody is asked. TimeoutError if nobody is within so many seconds of the target."""
    before = len(line.asked)
    await target.until(lambda: len(line.asked) > before, seconds, "the next pass")


async def ended(target: Target, line: Rs485Line, seconds: float, silence_s: float = 0.5) -> None:
    """Nobody has been asked for `silence_s`. TimeoutError as above."""
    asked, since = len(line.asked), target.now_s()

    def quiet() -> bool:
        nonlocal asked, since
        if len(line.asked) != asked:
            asked, since = len(line.asked), target.now_s()
        return target.now_s() > since + silence_s

    await target.until(quiet, seconds, "the end of the pass")
