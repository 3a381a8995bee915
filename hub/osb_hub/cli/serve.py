"""`vpp serve`: the hub itself."""

import asyncio
import logging
import signal
from enum import StrEnum
from typing import Annotated

import typer
import uvloop

from osb_hub import service
from osb_hub import settings as settings_file
from osb_hub.broker import EmbeddedBroker
from osb_hub.errors import InputError
from osb_hub.settings import Settings

log = logging.getLogger(__name__)


class Broker(StrEnum):
    """Whose MQTT broker."""

    external = "external"
    embedded = "embedded"


def command(
    context: typer.Context,
    broker: Annotated[
        Broker, typer.Option(help="external: the one of the settings. embedded: one inside this process, on loopback.")
    ] = Broker.external,
) -> None:
    """Run the hub until it is told to stop (Ctrl-C or SIGTERM)."""
    uvloop.run(_serve(settings_file.load(context.obj), broker))


async def _serve(settings: Settings, broker: Broker) -> None:
    this = asyncio.current_task()
    assert this is not None
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, this.cancel)
    try:
        if broker == Broker.external:
            await service.run(settings)
            return
        try:
            inside = await EmbeddedBroker(settings.mqtt_port).__aenter__()
        except Exception as error:
            raise InputError(f"mqtt_port {settings.mqtt_port} cannot be listened on ({error}).") from error
        try:
            await service.run(settings)
        finally:
            await inside.__aexit__(None, None, None)
    except asyncio.CancelledError:
        log.info("stopped")
