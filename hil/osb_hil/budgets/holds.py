"""What holds the loop of an emulated board, and for how long: a box whose steps are timed, erasures named apart."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import aiomqtt

from osb_hil.budgets import limits
from osb_hil.budgets.rig import BEFORE_S, POLL_S, Rig, powered
from osb_hil.budgets.secured_hub import secured_hub
from osb_hil.budgets.steps import BENCH, LINE
from osb_hil.emulated.flash import ERASE_NS
from osb_hil.emulated.services import WIFI
from osb_hil.targets import box

PAGES = (
    *("/", "/words?de", "/api/status", "/api/history", "/api/savings", "/api/ahead", "/api/comfort", "/api/events"),
    *("/api/setup", "/api/privacy", "/api/log", "/metrics"),
)
_APART_US = 5000  # between the clock of a board and that of the emulator
_MOVES_US = 10_000  # so soon after each other littlefs writes what it moves into a block that it has erased
_LINE = re.compile(LINE.encode(), re.MULTILINE)
_FLUSH_S = 600  # of the journal, as flash.sh sets it
_SLOTS = 96
_START = "box: start"  # the step that ends when the loop has its first turn
_GROUP_US = 50_000  # the radio's driver waits after it has told it of a multicast group (cyw43-driver, `cyw43_ll.c`)
_ERASE_US = int(ERASE_NS / 1e3)
_FLASH, _DRIVER = "flash erase and what moves there", "a wait of the radio's driver"


class Step(NamedTuple):
    """How long a step took [us], when it ended, and of it what is named apart and chance (unasked.py)."""

    us: int
    end_us: int
    apart: dict[str, int]
    collecting_us: int

    @property
    def rest_us(self) -> int:
        """Without what is named apart."""
        return self.us - sum(self.apart.values())

    @property
    def own_us(self) -> int:
        """What it takes wherever a collection falls."""
        return self.rest_us - self.collecting_us


@dataclass
class Task:
    """The most that steps of a task have taken [us], what is named apart and the rest; and when the first ended."""

    first_end_us: int
    rest_us: int
    own_us: int
    apart: dict[str, int]


Steps = dict[str, Task]


async def alone(name: str, files: dict[str, bytes]) -> dict[str, float]:
    """From the first pass to the pass that ends a slot and the plan after it."""
    rig = await powered(name, files, _FLUSH_S)
    steps = _steps(rig)
    try:
        await rig.target.until(lambda: "cycle: ahead" in steps, 60, "a plan of the box's own")
        await rig.target.until(lambda: rig.target.now_s() > BEFORE_S + POLL_S, 60, "the pass after the slot's end")
    finally:
        await rig.stop()
    return told(steps)


async def visited(name: str, files: dict[str, bytes]) -> dict[str, float]:
    """The same in a Wi-Fi, with a hub that says all it has to say over TLS, while each screen of the page is asked."""
    async with secured_hub() as hub:
        rig = await powered(name, {**files, **hub.files}, _FLUSH_S, wifi=WIFI, web=box.WEB, hub=hub.settings)
        steps, began = _steps(rig), time.time()

        def ready() -> bool:  # the first reading may be of a time that its clock began with
            return "cycle: ahead" in steps and any(message["t"] > began - 3600 for _, message in hub.heard[-1:])

        try:
            await rig.target.until(ready, 90, "a plan of its own and a reading of today")
            async with aiomqtt.Client(*hub.address, identifier="says") as client:
                for kind, message in _said(hub.heard[-1][1]["t"]):
                    await client.publish(f"osb/v1/box-01/{kind}", json.dumps(message), qos=1)
            for path in PAGES:
                await rig.target.page(path, box.TOKEN)
        finally:
            await rig.stop()
    return told(steps)


def _said(t: int) -> list[tuple[str, dict[str, Any]]]:
    """The largest that a hub says: prices, a forecast and a plan for a day, and an event."""
    start = t - t % 900
    when = {"t": t, "start": start, "slots": _SLOTS}
    powers = [{"actuator": name, "power_w": [500] * _SLOTS} for name in ("heat_pump", "tank")]
    event = {"id": 1, "t": t, "kind": "feeder_limit", "start": start + 7200, "end": start + 9000, "reason": "cold"}
    return [
        ("prices", {**when, "buy_eur_mwh": [*range(200, 200 + _SLOTS)], "sell_eur_mwh": [50] * _SLOTS}),
        ("weather", {**when, "temp_mc": [2000] * _SLOTS, "ghi_w_m2": [100] * _SLOTS}),
        ("plan", {"id": 1, **when, "ttl_s": 86400, "actuators": powers, "reason": "cheap"}),
        ("event", event),
    ]


def _steps(rig: Rig) -> Steps:
    """What fills as the board tells of its steps."""
    chip, network, steps = rig.target.chip, rig.target.network, Steps()
    flash: list[tuple[int, str]] = []
    groups: list[int] = []
    seen = 0

    def said(data: bytes) -> None:
        nonlocal seen
        console = bytes(chip.console)
        whole = console.rfind(b"\n") + 1
        for found in _LINE.findall(console[seen:whole]):
            us, end, collecting, task = int(found[0]), int(found[1]), int(found[2]), found[3].decode()
            begin, till = end - us - _APART_US, end + _APART_US
            driver_us = _GROUP_US * sum(begin < t < till for t in groups)
            apart = {_FLASH: erased_us([op for op in flash if begin < op[0] < till]), _DRIVER: driver_us}
            learn(steps, task, Step(us, end, {what: took for what, took in apart.items() if took}, collecting))
        seen = whole

    chip.flash.before, chip.on_console = (lambda what, address: flash.append((chip.us, what))), said
    if network:
        network.before_group = lambda: groups.append(chip.us)
    return steps


def learn(steps: Steps, task: str, step: Step) -> None:
    """Take one more step of a task into account."""
    known = steps.setdefault(task, Task(step.end_us, 0, 0, {}))
    known.rest_us, known.own_us = max(known.rest_us, step.rest_us), max(known.own_us, step.own_us)
    for what, us in step.apart.items():
        known.apart[what] = max(us, known.apart.get(what, 0))


def erased_us(flash: list[tuple[int, str]]) -> int:
    """How long erasing took, and writing into what was erased, of what a step did to the flash: [(when [us], what)]."""
    took, last = 0, None
    for t, what in flash:
        if what == "erase":
            took += _ERASE_US
            last = t + _ERASE_US
        elif last is not None and t - last <= _MOVES_US:
            took += t - last
            last = t
        else:
            last = None
    return took


def told(steps: Steps) -> dict[str, float]:
    """Figures [ms] of each task without what is named apart, that beside it, and when [s] the box had started."""
    found: dict[str, float] = {}
    if _START in steps:
        bench_us = steps[BENCH].rest_us if BENCH in steps else 0
        found["boot until all tasks run [s]"] = round((steps[_START].first_end_us - bench_us) / 1e6, 2)
    for name, task in sorted(steps.items()):
        if name == BENCH:
            continue
        for what, took in task.apart.items():
            found[f"held by {name}, of it {what} [ms]"] = round(took / 1000, 1)
        found[f"held by {name} [ms]"] = round(task.rest_us / 1000, 1)
        found[f"held by {name}, {limits.OWN} [ms]"] = round(task.own_us / 1000, 1)
    return found
