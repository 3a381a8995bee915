"""`python -m osb_hil`: run a neighbourhood in step with a hub; JSON lines on standard output tell how it goes."""

import argparse
import asyncio
import signal
import sys
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import uvloop

from osb_hil.box import BoxError
from osb_hil.conductor import BenchError
from osb_hil.firmware import MissingTool
from osb_hil.home.local_time import at
from osb_hil.mix import neighbourhood
from osb_hil.neighbourhood import Plan, run
from osb_hil.story import winter

MOST_HOMES = 100


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 the bench failed, 2 the arguments make no sense; one sentence on standard error says
    why.
    """
    try:
        plan = _plan(_parser().parse_args(arguments))
    except ValueError as error:
        print(f"osb_hil: {error}", file=sys.stderr)
        return 2
    try:
        uvloop.run(_run(plan))
    except (BenchError, BoxError, MissingTool) as error:
        print(f"osb_hil: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    return 0


async def _run(plan: Plan) -> None:
    """Whoever ends the bench politely leaves no box running."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await run(plan)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise ValueError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m osb_hil", description=__doc__)
    parser.add_argument("--homes", type=int, default=12, help="number of homes (default 12)")
    parser.add_argument("--seed", type=int, default=1, help="draws the homes and their day (default 1)")
    parser.add_argument("--day", default="2026-01-15", help="local date, YYYY-MM-DD (default 2026-01-15)")
    parser.add_argument("--zone", default="Europe/Brussels", help="time zone of the homes (default Europe/Brussels)")
    parser.add_argument("--start-hour", type=int, default=0, help="hour on the clock to start at (default 0)")
    parser.add_argument("--hours", type=int, help="hours to run (default: to the end of the day)")
    parser.add_argument("--out", type=Path, required=True, help="folder for truth.json, meters.csv and the boxes")
    parser.add_argument("--mqtt", help="the hub's broker as HOST:PORT; without it boxes run alone")
    parser.add_argument("--story", choices=("winter", "none"), default="winter", help="what happens (default winter)")
    return parser


def _plan(given: argparse.Namespace) -> Plan:
    """Checked arguments; ValueError in one sentence."""
    if not 1 <= given.homes <= MOST_HOMES:
        raise ValueError(f"--homes must be 1 to {MOST_HOMES}, not {given.homes}")
    if given.seed < 0:
        raise ValueError(f"--seed must not be negative, {given.seed} is")
    try:
        day = date.fromisoformat(given.day)
    except ValueError:
        raise ValueError(f"--day must be a date like 2026-01-15, not {given.day}") from None
    try:
        zone = ZoneInfo(given.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"--zone must be a time zone like Europe/Brussels, not {given.zone}") from None
    if not 0 <= given.start_hour <= 23:
        raise ValueError(f"--start-hour must be 0 to 23, not {given.start_hour}")
    if given.hours is not None and not 1 <= given.hours <= 48:
        raise ValueError(f"--hours must be 1 to 48, not {given.hours}")
    start = at(day, given.start_hour * 60, zone)
    end = start + given.hours * 3600 if given.hours else at(day + timedelta(days=1), 0, zone)
    story = []
    if given.story == "winter":
        story = [
            fault
            for fault in winter(neighbourhood(given.homes, given.seed), given.seed, day, zone)
            if start <= fault.start < end and (given.mqtt or fault.kind != "link")
        ]
    broker = _address(given.mqtt) if given.mqtt else None
    return Plan(given.out.resolve(), given.homes, given.seed, start, end, zone, broker, story)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"--mqtt must be HOST:PORT like 127.0.0.1:1883, not {text}")
    return host, int(port)


if __name__ == "__main__":
    sys.exit(main())
