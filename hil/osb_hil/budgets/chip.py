"""What only emulated time can tell, of a box with five meters on its line.

Three starts: of the box as it is (boot, a sweep against the wire's own minimum; on a Pico W its page and its heap), of
a box whose steps are timed (what holds the loop: holds.py), and of the prompt alone (`work`). They live side by side,
each in a process of its own.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from osb_hil.budgets import holds, work
from osb_hil.budgets.limits import HASTY
from osb_hil.budgets.rig import POLL_S, Rig, powered
from osb_hil.budgets.secured_hub import secured_hub
from osb_hil.budgets.steps import with_steps
from osb_hil.emulated.services import WIFI
from osb_hil.firmware import build
from osb_hil.serial_line import Rs485Line
from osb_hil.targets import box
from osb_hil.targets.passes import begun, ended
from osb_hil.targets.pico import EmulatedTarget

_VISITS = 5  # the median, from the end of a pass on: in one that falls on a visit, or a plan, the page waits
_ASKS_S = 0.005  # after it is connected: until the box has taken it, what comes waits for the network's clock (lwIP)
_LEAVES_S = 1.0  # until what the last visitor had in memory has left it: the heap is told to one, not to two
_PASS_S = 10  # at most, of five meters at 9600 baud
_SILENCE_MS = 4.01  # t3.5 at 9600 baud, 38.5 bits


def measure(name: str, firmware: Path) -> dict[str, float]:
    """Emulated seconds, milliseconds and ratios of that target; MissingTarget where it is not here."""
    lives = (_with_radio, _visited, _at_the_prompt) if name == "pico_w" else (_on_the_line, _alone, _at_the_prompt)
    found: dict[str, float] = {}
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:  # emulated time is the same beside others
        for part in processes.map(_lived, lives, repeat(name), repeat(firmware)):
            found |= part
    return found


def _lived(life: Callable[[str, Path], Coroutine[Any, Any, dict[str, float]]], *what: Any) -> dict[str, float]:
    return asyncio.run(life(*what))


async def _visited(name: str, firmware: Path) -> dict[str, float]:
    return await holds.visited(name, _timed())


async def _alone(name: str, firmware: Path) -> dict[str, float]:
    return await holds.alone(name, _timed())


async def _at_the_prompt(name: str, firmware: Path) -> dict[str, float]:
    return await work.on_chip(EmulatedTarget(name), firmware)


def _timed() -> dict[str, bytes]:
    return {**box.firmware(), **with_steps(build("core"))}


async def _on_the_line(name: str, firmware: Path) -> dict[str, float]:
    rig = await powered(name, box.firmware(), 0)
    try:
        first_reading = await rig.first_reading()
        swept = await _swept(rig.target, rig.line)
    finally:
        await rig.stop()
    return {"boot to the first reading [s]": round(first_reading, 3), **swept}


async def _with_radio(name: str, firmware: Path) -> dict[str, float]:
    """A Pico W in a Wi-Fi that tells its readings to a hub over TLS, while its page is looked at."""
    async with secured_hub() as hub:
        rig = await powered(name, {**box.firmware(), **hub.files}, 0, wifi=WIFI, web=box.WEB, hub=hub.settings)
        try:
            return await _looked_at(rig, hub.heard)
        finally:
            await rig.stop()


async def _looked_at(rig: Rig, heard: list[Any]) -> dict[str, float]:
    target = rig.target
    first_reading = await rig.first_reading()
    await target.until(lambda: heard, 60, "the first reading at the hub")
    swept = await _swept(target, rig.line)
    for _ in range(2):  # the first may end a slot, after which a plan is made
        await begun(target, rig.line, 2 * POLL_S)
        await ended(target, rig.line, _PASS_S)
    visits = [await _visit(target, _ASKS_S) for _ in range(_VISITS)]
    hasty = [await _visit(target, 0) for _ in range(_VISITS)]
    at_first = await _heap(target)
    for path in holds.PAGES:
        await target.page(path, box.TOKEN)
    at_last = await _heap(target)
    return {
        "boot to the first reading [s]": round(first_reading, 3),
        **swept,
        "page: first byte [ms]": round(1000 * median(first for first, _ in visits), 1),
        "page: all of it [ms]": round(1000 * median(whole for _, whole in visits), 1),
        HASTY: round(1000 * median(first for first, _ in hasty), 1),
        "free heap with Wi-Fi, TLS and page [B]": at_first["heap_free"],
        "largest block with Wi-Fi, TLS and page [B]": at_first["heap_largest"],
        "free heap with Wi-Fi, TLS and each screen seen [B]": at_last["heap_free"],
        "largest block with Wi-Fi, TLS and each screen seen [B]": at_last["heap_largest"],
    }


async def _wait(target: EmulatedTarget, seconds: float) -> None:
    end = target.now_s() + seconds
    await target.chip.until(lambda: target.now_s() >= end, seconds + 1, "the time to go on")


async def _heap(target: EmulatedTarget) -> dict[str, Any]:
    await _wait(target, _LEAVES_S)
    _, body = await target.page("/api/status?heap=1", box.TOKEN)
    status: dict[str, Any] = json.loads(body)
    return status


async def _visit(target: EmulatedTarget, after_s: float) -> tuple[float, float]:
    """The page is asked, so long after it is connected: seconds until its first byte, and until its last."""
    visit = await target.network.open(80)
    await _wait(target, after_s)
    visit.write(b"GET / HTTP/1.0\r\nHost: box\r\n\r\n")
    asked = target.now_s()
    await target.chip.until(lambda: visit.data, 30, "the first byte of the page")
    first_byte = target.now_s() - asked
    await target.chip.until(lambda: visit.ended, 30, "the end of the page")
    whole = target.now_s() - asked
    visit.hang_up()
    if b" 200 " not in bytes(visit.data[:16]):
        raise RuntimeError(f"the page of the box: {bytes(visit.data[:80])!r}")
    return first_byte, whole


async def _swept(target: EmulatedTarget, line: Rs485Line) -> dict[str, float]:
    ratio = await _sweep(target, line)
    lost = target.chip.uarts[0].lost
    return {"sweep of 5 devices at 9600 baud, of the wire's own minimum": round(ratio, 3), "characters lost": lost}


async def _sweep(target: EmulatedTarget, line: Rs485Line) -> float:
    """A whole pass over the line: its time over that of its characters, turnarounds and silences."""
    uart, wire = target.chip.uarts[0], target.field["rs485"]
    before, arrived, sent = len(line.asked), uart.arrived, len(wire.sent_us)
    await begun(target, line, 2 * POLL_S)
    begin_us = wire.sent_us[sent] - uart.character_ns / 1000
    await ended(target, line, _PASS_S)
    characters = len(wire.sent_us) - sent + uart.arrived - arrived
    questions = len(line.asked) - before
    least_ms = characters * uart.character_ns / 1e6 + questions * wire.turnaround_ms + (questions - 1) * _SILENCE_MS
    return float((uart.last_us - begin_us) / 1000 / least_ms)
