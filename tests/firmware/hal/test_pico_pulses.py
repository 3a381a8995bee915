"""Pulses on the emulated RP2040 with the image that PICO_UF2 names: the PIO counts, and contacts bounce.

The contact is wired as docs/wiring.md has it: open, the line is high; closed, it is at ground.
"""

import asyncio
from pathlib import Path

import pytest

COUNTER = Path(__file__).parents[3] / "firmware/osb_box/hal/rp2_counter.py"
PIN = 15
RUN = f"""
import time
from rp2_counter import Counter
c = Counter(0, {PIN})
time.sleep_ms(50)
print("start", c.value())
t = time.ticks_ms()
while time.ticks_diff(time.ticks_ms(), t) < 700:
    time.sleep_ms(30)
print("pulses", c.value(), c.value())
"""


@pytest.mark.parametrize("target_name", ["pico"])
def test_five_pulses_that_bounce_are_five(target_name):
    pico = pytest.importorskip("osb_hil.targets.pico")
    targets = pytest.importorskip("osb_hil.targets")
    try:
        target = pico.EmulatedTarget(target_name)
    except targets.MissingTarget as missing:
        pytest.skip(str(missing))

    async def at(level, ms):
        target.pins.drive(PIN, level)
        end = target.now_s() + ms / 1000
        await target.chip.until(lambda: target.now_s() >= end, 5, "the next edge", 100)

    async def closed(is_closed, ms):
        await at(not is_closed, ms)

    async def field(done):
        target.pins.drive(PIN, True)
        await target.until(lambda: b"start" in target.console or done(), 20, "the counter")
        for _ in range(5):
            for _ in range(3):  # an S0 output closes for 30 ms at least (EN 62053-31); reeds bounce for a millisecond
                await closed(True, 1)
                await closed(False, 1)
            await closed(True, 30)
            for _ in range(2):
                await closed(False, 1)
                await closed(True, 1)
            await closed(False, 50)

    async def run():
        target.write({"rp2_counter.py": COUNTER.read_bytes()})
        told = asyncio.create_task(target.run(RUN, 20))
        pulses = asyncio.create_task(field(told.done))
        try:
            said = await told
            await pulses
        finally:
            await target.stop()
        assert said.splitlines() == ["start 0", "pulses 5 5"]

    asyncio.run(run())
