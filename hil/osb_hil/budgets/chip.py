"""What only emulated time can tell, of a box with five meters on its line.

Three starts: of the box as it is (boot, a sweep against the wire's own minimum; on a Pico W its page and its heap), of
a box whose steps are timed (what holds the loop, erasures of flash named apart), and of the prompt alone (`work`).
"""

import asyncio
import json
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from osb_hil.budgets import work
from osb_hil.budgets.fullest import HOME
from osb_hil.budgets.steps import with_steps
from osb_hil.certificates import Authority
from osb_hil.devices.branch import Branch
from osb_hil.devices.modbus import ModbusDevice
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.emulated.flash import ERASE_NS
from osb_hil.emulated.services import WIFI
from osb_hil.firmware import build
from osb_hil.hub_end import broker, free_port, receipts
from osb_hil.serial_line import Rs485Line
from osb_hil.targets import box
from osb_hil.targets.pico import EmulatedTarget
from osb_hil.targets.record import records
from osb_hil.uplinks import HUB_NAME

POLL_S = 10  # as flash.sh sets it
_PV, _BATTERY = 4, 5  # units beside those of `box.meters`
_SILENCE_MS = 4.01  # t3.5 at 9600 baud, 38.5 bits
_SLOT = 1764548100  # a quarter of an hour after the oldest time a chip believes
_BEFORE_S = 24  # so long before it the clock begins: some 10 to start, a pass, and then the one that ends the slot
_LATE_US = 5000  # a line of the console comes later than the step it tells of
_LINE = re.compile(rb"^held (\d+) (.+?)\r?$", re.MULTILINE)


def measure(name: str, firmware: Path) -> dict[str, float]:
    """Emulated seconds, milliseconds and ratios of that target; MissingTarget where it is not here."""
    files = box.firmware()
    if name == "pico_w":
        return asyncio.run(_with_radio(files))
    found = asyncio.run(_on_the_line(name, files))
    found |= asyncio.run(_holds(name, {**files, **with_steps(build("core"))}))
    return found | asyncio.run(work.on_chip(EmulatedTarget(name), firmware))


@dataclass
class _Rig:
    """A powered board with five meters on its line."""

    target: EmulatedTarget
    line: Rs485Line

    async def first_reading(self) -> float:
        """Emulated seconds from power-on until the first reading is on the flash."""
        await self.target.until(lambda: records(self.target.files()), 40, "the first reading")
        return self.target.now_s()

    async def stop(self) -> None:
        await self.target.stop()
        self.line.close()


async def _rig(name: str, files: dict[str, bytes], flush_s: int, **more: object) -> _Rig:
    target = EmulatedTarget(name)
    line = Rs485Line(_meters(), target.line("rs485"), target.now_s)
    settings = box.settings(target, poll_s=POLL_S, journal_flush_s=flush_s, home=HOME, **more)
    settings["devices"] += [
        {"role": "pv", "profile": "eastron_sdm120", "bus": "rs485", "unit": _PV},
        {"role": "battery", "profile": "eastron_sdm120", "bus": "rs485", "unit": _BATTERY},
    ]
    began = {"outbox/epoch": str(_SLOT - _BEFORE_S).encode()}
    target.write({**files, **began, "config.json": json.dumps(settings).encode()})
    await target.start()
    return _Rig(target, line)


def _meters() -> list[ModbusDevice]:
    more: list[ModbusDevice] = [
        Sdm120(_PV, lambda: Branch(-800.0, 1_000.0, 2_222_000.0)),
        Sdm120(_BATTERY, lambda: Branch(300.0, 444_000.0, 111_000.0)),
    ]
    for meter in more:
        meter.tick(0)
    return [*box.meters(), *more]


async def _on_the_line(name: str, files: dict[str, bytes]) -> dict[str, float]:
    rig = await _rig(name, files, 0)
    try:
        await rig.target.until(lambda: len(rig.line.asked) > 0, 20, "the first question")
        first_question = rig.target.now_s()
        first_reading = await rig.first_reading()
        ratio = await _sweep(rig.target, rig.line)
    finally:
        await rig.stop()
    return {
        "boot to the first question [s]": round(first_question, 3),
        "boot to the first reading [s]": round(first_reading, 3),
        "sweep of 5 devices at 9600 baud, of the wire's own minimum": round(ratio, 3),
        "characters lost": rig.target.chip.uarts[0].lost,
    }


async def _holds(name: str, files: dict[str, bytes]) -> dict[str, float]:
    """From the first pass to the pass that ends a slot and the plan after it, with the journal of flash.sh."""
    rig = await _rig(name, files, 600)
    chip, erased, steps = rig.target.chip, list[int](), dict[str, tuple[int, int]]()

    def wears(what: str, address: int) -> None:
        if what == "erase":
            erased.append(chip.us)

    def said(data: bytes) -> None:
        for found in _LINE.findall(bytes(chip.console)):
            us, task = int(found[0]), found[1].decode()
            if us > steps.get(task, (0, 0))[0]:
                steps[task] = us, sum(t > chip.us - us - _LATE_US for t in erased)

    chip.flash.before, chip.on_console = wears, said
    try:
        await rig.target.until(lambda: "cycle: ahead" in steps, 60, "a plan of the box's own")
        await rig.target.until(lambda: rig.target.now_s() > _BEFORE_S + POLL_S, 60, "the pass after the slot's end")
    finally:
        await rig.stop()
    return told(steps)


def told(steps: dict[str, tuple[int, int]]) -> dict[str, float]:
    """Figures [ms] of {task: (its longest step [us], sectors erased in it)}, erasing named apart."""
    found: dict[str, float] = {}
    for task, (us, sectors) in sorted(steps.items()):
        flash_ms = sectors * ERASE_NS / 1e6
        if sectors:
            found[f"held by {task}, of it flash erase [ms]"] = flash_ms
        what = f"held by {task}, flash erase apart [ms]" if sectors else f"held by {task} [ms]"
        found[what] = round(us / 1000 - flash_ms, 1)
    return found


async def _with_radio(files: dict[str, bytes]) -> dict[str, float]:
    """A Pico W in a Wi-Fi that tells its readings to a hub over TLS, while its page is looked at."""
    web = {"host": "0.0.0.0", "port": 80, "token": box.TOKEN}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        authority, port = Authority(), free_port()
        plain = await stack.enter_async_context(broker(folder, (port, authority.vouch(folder, HUB_NAME))))
        heard = await stack.enter_async_context(receipts(plain))
        hub = {"host": HUB_NAME, "port": port, "user": "box-01", "password": "bench", "ca": "hub.der"}
        hub |= {"keepalive_s": 3600, "retry_s": 5}  # an emulated second takes the broker up to a minute
        rig = await _rig("pico_w", {**files, "hub.der": authority.der}, 0, wifi=WIFI, web=web, hub=hub)
        stack.push_async_callback(rig.stop)
        return await _looked_at(rig, heard)


async def _looked_at(rig: _Rig, heard: list[Any]) -> dict[str, float]:
    target = rig.target
    first_reading = await rig.first_reading()
    await target.until(lambda: heard, 60, "the first reading at the hub")
    visit = await target.network.open(80)
    visit.write(b"GET / HTTP/1.0\r\nHost: box\r\n\r\n")
    asked = target.now_s()
    await target.chip.until(lambda: visit.data, 30, "the first byte of the page")
    first_byte = target.now_s() - asked
    await target.chip.until(lambda: visit.ended, 30, "the end of the page")
    whole = target.now_s() - asked
    if b" 200 " not in bytes(visit.data[:16]):
        raise RuntimeError(f"the page of the box: {bytes(visit.data[:80])!r}")
    _, body = await target.page("/api/status?heap=1", box.TOKEN)
    status = json.loads(body)
    return {
        "boot to the first reading [s]": round(first_reading, 3),
        "page: first byte [ms]": round(1000 * first_byte, 1),
        "page: all of it [ms]": round(1000 * whole, 1),
        "free heap with Wi-Fi, TLS and page [B]": status["heap_free"],
        "largest block with Wi-Fi, TLS and page [B]": status["heap_largest"],
    }


async def _sweep(target: EmulatedTarget, line: Rs485Line) -> float:
    """A whole pass over the line: its time over that of its characters, turnarounds and silences."""
    uart, wire = target.chip.uarts[0], target.field["rs485"]
    before, arrived, sent = len(line.asked), uart.arrived, len(wire.sent_us)
    await target.until(lambda: len(line.asked) > before, 2 * POLL_S, "the next pass")
    begin_us = wire.sent_us[sent] - uart.character_ns / 1000
    asked, since = len(line.asked), target.now_s()

    def quiet() -> bool:
        nonlocal asked, since
        if len(line.asked) != asked:
            asked, since = len(line.asked), target.now_s()
        return target.now_s() > since + 0.5

    await target.until(quiet, 10, "the end of the pass")
    characters = len(wire.sent_us) - sent + uart.arrived - arrived
    questions = len(line.asked) - before
    least_ms = characters * uart.character_ns / 1e6 + questions * wire.turnaround_ms + (questions - 1) * _SILENCE_MS
    return float((uart.last_us - begin_us) / 1000 / least_ms)
