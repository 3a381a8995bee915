"""One day of the neighbourhood with this hub: broker, bench and hub together, in step with the bench's clock."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osb_hub import service
from osb_hub.broker import LOOPBACK, EmbeddedBroker
from osb_hub.demo.bench import Bench, BenchFailed
from osb_hub.demo.story import Story
from osb_hub.service import Service
from osb_hub.settings import Settings

_HUB_ENDS_S = 30.0
DAY_S = 86400

Show = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Options:
    """What is run; `hours` None: to the end of the day. Of the settings the tariff and the horizon count."""

    settings: Settings
    homes: int
    seed: int
    out: Path
    start_hour: int = 0
    hours: int | None = None

    @property
    def bench_folder(self) -> Path:
        return self.out / "bench"

    @property
    def database(self) -> str:
        return f"sqlite:///{self.out / 'hub.sqlite'}"


@dataclass(frozen=True)
class Finished:
    """Where the bench wrote what happened."""

    truth: Path
    meters: Path


async def run(options: Options, story: Story, show: Show) -> Finished:
    """Run the day; `show` is told of each event of the bench. BenchFailed or InputError says what went wrong."""
    _clear(options)
    async with (
        EmbeddedBroker() as broker,
        Bench(_arguments(options, story, broker.port), options.out / "bench.log") as bench,
    ):
        try:
            async with asyncio.TaskGroup() as together:
                return await _follow(options, story, show, broker.port, bench, together)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None


async def _follow(
    options: Options, story: Story, show: Show, port: int, bench: Bench, together: asyncio.TaskGroup
) -> Finished:
    """Start the hub when the bench is ready, and go along with it; if one of them fails, both end."""
    hub: asyncio.Task[None] | None = None
    finished = None
    async for event in bench.events():
        show(event)
        if event["event"] == "ready":
            hub = together.create_task(_hub(options, story, port, event))
        elif event["event"] == "done":
            finished = Finished(Path(event["truth"]), Path(event["meters"]))
    if finished is None or hub is None:
        raise BenchFailed("The neighbourhood ended before the day did.")
    await asyncio.wait_for(hub, _HUB_ENDS_S)
    return finished


async def _hub(options: Options, story: Story, port: int, ready: dict[str, Any]) -> None:
    feeders = {box["id"]: box["feeder"] for box in ready["boxes"]}
    settings = options.settings.model_copy(
        update={
            "database": options.database,
            "mqtt_host": LOOPBACK,
            "mqtt_port": port,
            "mqtt_user": None,
            "mqtt_password": None,
            "bench": ready["bench"],
            "zone": story.zone.key,
            "feeders": feeders,
            "weather": Path(ready["weather"]),
        }
    )
    await service.run(settings, at=_announcements(story, ready["start"], list(feeders.values())))


def _announcements(story: Story, start: int, feeders: list[str]) -> service.Actions:
    """What the operator tells the hub, and when. Each feeder has its share of the cap by its number of homes."""

    async def morning_prices(hub: Service) -> None:
        hub.load_prices(story.morning, start)

    async def final_prices(hub: Service) -> None:
        hub.load_prices(story.final)

    def limit(hub: Service, begin: int, end: int, limit_w: int, reason: str) -> None:
        for feeder in sorted(set(feeders)):
            hub.announce_limit(feeder, begin, end, limit_w * feeders.count(feeder) // len(feeders), reason)

    async def rating(hub: Service) -> None:
        limit(hub, start, start + 2 * DAY_S, story.feeder_w, "what the cable and transformer carry")

    async def cap(hub: Service) -> None:
        limit(hub, story.cap_begins, story.cap_ends, story.cap_w, "the DSO limits the feeder")

    morning = [(start, morning_prices), (start, rating)]
    return [*morning, (story.prices_move, final_prices), (story.cap_announced, cap)]


def _arguments(options: Options, story: Story, port: int) -> list[str]:
    given = {
        "homes": options.homes,
        "seed": options.seed,
        "day": story.day.isoformat(),
        "zone": story.zone.key,
        "start-hour": options.start_hour,
        "out": options.bench_folder,
        "mqtt": f"{LOOPBACK}:{port}",
        "story": "winter",
    }
    if options.hours is not None:
        given["hours"] = options.hours
    return [text for name, value in given.items() for text in (f"--{name}", str(value))]


def _clear(options: Options) -> None:
    """Take away what an earlier run left: its boxes would go on where they stopped."""
    options.out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(options.bench_folder, ignore_errors=True)
    for name in ("hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm", "report.json", "report.html"):
        (options.out / name).unlink(missing_ok=True)
