"""The hub's end of the wire, for tests of the box's link."""

import asyncio
import json

import aiomqtt


class Hub:
    """Subscribes to all a box says and gives receipts as the hub does: up to the highest number without a gap."""

    def __init__(self, port, receipts=True, tls=None):
        self.receipts = receipts
        self.heard = []  # (kind, message)
        self.stored = {}  # epoch -> sequence numbers
        self._port, self._tls = port, tls
        self._news = asyncio.Event()

    async def __aenter__(self):
        self._client = aiomqtt.Client("127.0.0.1", self._port, identifier="hub", tls_context=self._tls)
        await self._client.__aenter__()
        await self._client.subscribe("osb/v1/+/+", qos=1)
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        try:
            await self._client.__aexit__(None, None, None)
        except aiomqtt.MqttError:
            pass

    async def _listen(self):
        try:
            async for message in self._client.messages:
                kind = message.topic.value.split("/")[3]
                if kind in ("receipt", "plan", "event", "limit", "terms", "weather"):
                    continue
                body = json.loads(message.payload)
                self.heard.append((kind, body))
                self._news.set()
                if kind == "telemetry":
                    stored = self.stored.setdefault(body["epoch"], set())
                    stored.add(body["seq"])
                    if self.receipts:
                        await self.receipt(body["epoch"])
        except aiomqtt.MqttError:
            pass

    async def receipt(self, epoch):
        stored, seq = self.stored[epoch], 0
        while seq + 1 in stored:
            seq += 1
        await self.say("receipt", {"epoch": epoch, "seq": seq})

    async def say(self, kind, body):
        payload = body if isinstance(body, (bytes, str)) else json.dumps(body)
        await self._client.publish(f"osb/v1/box-01/{kind}", payload, qos=1)

    def all(self, kind):
        return [body for k, body in self.heard if k == kind]

    def numbers(self):
        """(epoch, seq) of the telemetry in the order of arrival."""
        return [(body["epoch"], body["seq"]) for body in self.all("telemetry")]

    async def until(self, condition, timeout_s=60):
        """Wait until `condition()` holds; looked at with each message."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._news.clear()
                try:
                    await asyncio.wait_for(self._news.wait(), 0.2)
                except TimeoutError:
                    pass
