"""An MQTT broker inside this process, for the demo, tests and a first try; production uses Mosquitto."""

import logging
import socket
from types import TracebackType
from typing import Self

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig

LOOPBACK = "127.0.0.1"


class EmbeddedBroker:
    """`async with EmbeddedBroker() as broker:` listens on loopback at `broker.port`; port 0 takes a free one."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or _free_port()
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # it reports every client that hangs up as an error
        logging.getLogger("transitions").setLevel(logging.WARNING)

    async def __aenter__(self) -> Self:
        self._broker = Broker(
            BrokerConfig(
                listeners={"default": ListenerConfig(bind=f"{LOOPBACK}:{self.port}")},
                plugins={"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            )
        )
        await self._broker.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._broker.shutdown()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
