"""What only emulated time can tell: from power-on to the first reading, and a sweep against the wire's own minimum."""

import asyncio
import json

from osb_hil.serial_line import Rs485Line
from osb_hil.targets import box
from osb_hil.targets.pico import EmulatedTarget
from osb_hil.targets.record import records

POLL_S = 5
SWEEPS = 1
_SILENCE_MS = 4.01  # t3.5 at 9600 baud, 38.5 bits


def measure(name: str) -> dict[str, float]:
    """Emulated seconds and ratios of that target; MissingTarget where it is not here."""

    async def run() -> dict[str, float]:
        target = EmulatedTarget(name)
        line = Rs485Line(box.meters(), target.line("rs485"), target.now_s)
        target.write({**box.firmware(), "config.json": json.dumps(box.settings(target, poll_s=POLL_S)).encode()})
        await target.start()
        try:
            await target.until(lambda: len(line.asked) > 0, 20, "the first question")
            first_question = target.now_s()
            await target.until(lambda: records(target.files()), 10, "the first reading")
            first_reading = target.now_s()
            ratio = 0.0
            for _ in range(SWEEPS):
                ratio = await _sweep(target, line)
        finally:
            await target.stop()
        erased = sum(target.chip.flash.erases.values())
        return {
            "boot to the first question [s]": round(first_question, 3),
            "boot to the first reading [s]": round(first_reading, 3),
            "sweep at 9600 baud, of the wire's own minimum": round(ratio, 3),
            "characters lost": target.chip.uarts[0].lost,
            "sectors erased since power-on": erased,
        }

    return asyncio.run(run())


async def _sweep(target: EmulatedTarget, line: Rs485Line) -> float:
    """A whole pass over the line: its time over that of its characters, turnarounds and silences."""
    uart, field = target.chip.uarts[0], target.field["rs485"]
    before, arrived, sent = len(line.asked), uart.arrived, len(field.sent_us)
    await target.until(lambda: len(line.asked) > before, 2 * POLL_S, "the next pass")
    begin_us = field.sent_us[sent] - uart.character_ns / 1000
    asked, since = len(line.asked), target.now_s()

    def quiet() -> bool:
        nonlocal asked, since
        if len(line.asked) != asked:
            asked, since = len(line.asked), target.now_s()
        return target.now_s() > since + 0.5

    await target.until(quiet, 10, "the end of the pass")
    characters = len(field.sent_us) - sent + uart.arrived - arrived
    questions = len(line.asked) - before
    least_ms = characters * uart.character_ns / 1e6 + questions * field.turnaround_ms + (questions - 1) * _SILENCE_MS
    return float((uart.last_us - begin_us) / 1000 / least_ms)
