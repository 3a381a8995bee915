"""The fullest home of the bench at the heap that stands for a Pico W: its memory, and how long its loop was held."""

import asyncio
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from osb_hil.box import HEAP
from osb_hil.budgets.fullest import HOME, fullest
from osb_hil.budgets.steps import held, with_steps
from osb_hil.budgets.ticking import CLOCK
from osb_hil.budgets.work import CRC_MS
from osb_hil.firmware import build, micropython
from osb_hil.hub_end import broker, receipts
from osb_hil.installation import Installation
from osb_hil.neighbourhood import Neighbourhood, Plan

START = 1768431600  # 2026-01-15 00:00 in Brussels
_END = START + 1920  # two slots
_RUNS = 3
_NAME = "box-01"
_ATTEMPTS = 20
_TIMED_HEAP = "240000"  # what times the steps takes memory, too
_PAGES = ("/", "/words?de", "/api/status", "/api/history", "/api/savings", "/api/ahead", "/api/comfort", "/api/events")
_CRC = """
from osb_box.bus import crc16
print(min(timed(crc16, bytes(range(255))) for _ in range(20)))
"""


def heap() -> dict[str, float]:
    """Free heap and largest block [B] in the middle of a request, with the page open, five devices on the line and
    more on the network, and a hub: the least of some runs.
    """
    runs = [asyncio.run(lived(build("core"), HEAP))[0] for _ in range(_RUNS)]
    for status in runs:
        if status["errors"] != {"tasks": {}, "stages": {}}:
            raise RuntimeError(f"the box of the bench is not well: {status['errors']}")
    return {
        "free heap [B]": min(status["heap_free"] for status in runs),
        "largest block [B]": min(status["heap_largest"] for status in runs),
    }


def holds(code: Path) -> dict[str, float]:
    """The longest step of each task [ms of an RP2040, by a CRC]: the least of some runs, each the worst of its own.

    `code` is a folder with the compiled modules.
    """
    with put_over(with_steps(build("core"))) as timed:
        runs = [_scaled(asyncio.run(lived(timed, _TIMED_HEAP))[1], code) for _ in range(_RUNS)]
    tasks = sorted(set.intersection(*(set(run) for run in runs)))
    return {f"held by {task} [ms]": round(min(run[task] for run in runs), 1) for task in tasks}


@contextmanager
def put_over(files: dict[str, bytes]) -> Iterator[Path]:
    """A folder with the firmware of the tier `core` and some files over it, for as long as it is needed."""
    with TemporaryDirectory() as folder:
        firmware = Path(folder, "firmware")
        shutil.copytree(build("core"), firmware)
        for path, content in files.items():
            (firmware / path).write_bytes(content)
        yield firmware


def _scaled(log: str, code: Path) -> dict[str, float]:
    environment = {**os.environ, "MICROPYPATH": f"{code}{os.pathsep}.frozen"}
    told = subprocess.run(
        [*micropython(), "-c", CLOCK + _CRC], env=environment, capture_output=True, text=True, check=True
    )
    scale = CRC_MS / int(told.stdout)
    return {task: us * scale for task, us in held(log).items()}


class _Home(Neighbourhood):
    """A home with a tariff, so that the box plans by itself."""

    def _config(self, installation: Installation, web_port: int, hub: dict[str, Any] | None) -> dict[str, Any]:
        config = super()._config(installation, web_port, hub)
        return {**config, "home": {**config["home"], "tariff": HOME["tariff"]}}


async def lived(firmware: Path, heap: str) -> tuple[dict[str, Any], str]:
    """Two slots of the fullest home while its page is watched: its status in the end, and all it printed."""
    with TemporaryDirectory() as folder:
        async with broker(Path(folder)) as address, receipts(address):
            out = Path(folder, "bench")
            zone = ZoneInfo("Europe/Brussels")
            plan = Plan(out, 1, 1, START, START + 7200, zone, address, homes_given=[fullest(_NAME)])
            bench = _Home(replace(plan, firmware=firmware, heap=heap))
            try:
                await bench.start()
                await bench.step_to(START + 900)
                box = bench.box(_NAME)
                web = box.config["web"]
                async with _watched(web):
                    for path in _PAGES:
                        await asyncio.to_thread(_get, web, path)
                    await bench.step_to(_END)
                    status = await asyncio.to_thread(_get, web, "/api/status?heap=1")
            finally:
                await bench.stop()
            return json.loads(status), (box.folder / "box.log").read_text()


def _get(web: dict[str, Any], path: str) -> bytes:
    """As the page does it: a box that has no time or memory just now is asked again."""
    for _ in range(_ATTEMPTS):
        try:
            return _asked(web, path)
        except urllib.error.HTTPError as refused:
            if refused.code != 503:
                raise
        time.sleep(0.25)
    raise RuntimeError(f"{path} of the box of the bench was refused {_ATTEMPTS} times: it has no memory for it")


def _asked(web: dict[str, Any], path: str) -> bytes:
    request = urllib.request.Request(f"http://{web['host']}:{web['port']}{path}")
    request.add_header("Authorization", f"Bearer {web['token']}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        content: bytes = answer.read()
        return content


@asynccontextmanager
async def _watched(web: dict[str, Any]) -> AsyncIterator[None]:
    """A browser shows the page and is told of what is new."""
    reader, writer = await asyncio.open_connection(web["host"], web["port"])
    writer.write(f"GET /api/live HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer {web['token']}\r\n\r\n".encode())
    await writer.drain()

    async def read() -> None:
        while await reader.read(4096):
            pass

    reading = asyncio.create_task(read())
    try:
        yield
    finally:
        reading.cancel()
        writer.close()
