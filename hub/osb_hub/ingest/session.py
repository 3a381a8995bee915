"""The hub's MQTT session: drains the broker as fast as it can, stores in batches, and only then sends receipts."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import aiomqtt

from osb_hub.clock import Clock
from osb_hub.ending import together
from osb_hub.ingest import writer
from osb_hub.ingest.inbox import Raw
from osb_hub.settings import Settings
from osb_hub.store.database import Database
from osb_wire import topics
from osb_wire.messages import encode

log = logging.getLogger(__name__)
RETRY_S = 2.0  # wall time between attempts to reach the broker
BATCH = 2000  # messages in one transaction
LINGER_S = 0.005  # a message waits this long for others to share its transaction


class Session:
    """The only way to and from boxes. `arrived` is notified after each batch that has been stored."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, on_hello: Callable[[str, int], Awaitable[None]]
    ) -> None:
        self._settings, self._database, self._clock, self._on_hello = settings, database, clock, on_hello
        self._queue: asyncio.Queue[Raw] = asyncio.Queue()
        self._client: aiomqtt.Client | None = None
        self.connected = asyncio.Event()
        self.arrived = asyncio.Condition()

    async def run(self) -> None:
        """Until cancelled: stay connected and store what comes."""
        await together(self._stay_connected(), self._write())

    async def publish(self, box: str, kind: str, message: dict[str, Any]) -> bool:
        """Send one message to a box; whether the broker took it, of a receipt whether it left.

        WireError is a fault of the caller.
        """
        payload = encode(kind, message)
        if self._client is None:
            return False
        qos = 0 if kind == "receipt" else 1  # the next receipt says all that a lost one said
        try:
            await self._client.publish(topics.topic(box, kind), payload, qos=qos)
        except aiomqtt.MqttError as error:
            log.warning("%s for %s was not sent: %s", kind, box, error)
            return False
        return True

    async def until(self, condition: Callable[[], bool], patience_s: float) -> bool:
        """Wait until what is stored fulfils `condition`, at most so many wall seconds; whether it does."""
        try:
            async with asyncio.timeout(patience_s), self.arrived:
                await self.arrived.wait_for(condition)
        except TimeoutError:
            return False
        return True

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._receive()
            except aiomqtt.MqttError as error:
                log.warning("broker %s:%d: %s", self._settings.mqtt_host, self._settings.mqtt_port, error)
            finally:
                self._client = None
                self.connected.clear()
            await asyncio.sleep(RETRY_S)

    async def _receive(self) -> None:
        settings = self._settings
        async with aiomqtt.Client(
            settings.mqtt_host,
            settings.mqtt_port,
            username=settings.mqtt_user,
            password=settings.mqtt_password,
            tls_context=ssl.create_default_context(cafile=settings.mqtt_ca) if settings.mqtt_ca else None,
        ) as client:
            client.pending_calls_threshold = 10000
            await client.subscribe([(topic, 1) for topic in topics.FROM_BOXES])
            self._client = client
            self.connected.set()
            async for message in client.messages:
                if isinstance(message.payload, bytes):
                    self._queue.put_nowait(Raw(str(message.topic), message.payload))

    async def _write(self) -> None:
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(LINGER_S)
            with contextlib.suppress(asyncio.QueueEmpty):
                while len(batch) < BATCH:
                    batch.append(self._queue.get_nowait())
            stored = await asyncio.to_thread(writer.store, self._database, self._settings, batch, self._clock.now())
            async with self.arrived:
                self.arrived.notify_all()
            await asyncio.gather(*(self.publish(box, "receipt", receipt) for box, receipt in stored.receipts))
            for box, t in stored.hellos:
                await self._on_hello(box, t)
