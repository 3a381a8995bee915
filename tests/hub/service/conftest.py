"""A broker, a conductor and boxes that speak the contract, for tests of the whole hub."""

import asyncio
import contextlib
import json
import shutil
import socket

import aiomqtt
import pytest

from osb_hub.broker import EmbeddedBroker
from osb_hub.ending import end

T0 = 1768431600  # 2026-01-14 23:00 UTC, the start of a slot


@contextlib.asynccontextmanager
async def mosquitto(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = await asyncio.create_subprocess_exec("mosquitto", "-c", str(config), stderr=asyncio.subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", port))[1].close()
                break
            await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def embedded(tmp_path):
    async with EmbeddedBroker() as broker:
        yield broker.port


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request, tmp_path):
    """`async with broker() as port`."""
    if request.param == "embedded":
        return lambda: embedded(tmp_path)
    if shutil.which("mosquitto") is None:
        pytest.skip("mosquitto is not installed")
    return lambda: mosquitto(tmp_path)


class FakeBox:
    """A box that keeps what has no receipt and sends it again; accepts plans but for what is in `refuses`."""

    def __init__(self, client, name):
        self.client, self.name, self.epoch = client, name, T0 - 60
        self.outbox, self.seq, self.got, self.refuses = {}, 0, [], {}
        self.empty = asyncio.Event()

    async def send(self, kind, message):
        await self.client.publish(f"osb/v1/{self.name}/{kind}", json.dumps(message).encode(), qos=1)

    async def hello(self, t=T0):
        message = {"t": t, "epoch": self.epoch, "firmware": "0.1.0", "board": "linux", "interpreter": "fake"}
        actuators = [{"actuator": "battery", "charge_max_w": 5000, "discharge_max_w": 5000}]
        await self.send("hello", message | {"actuators": actuators, "meters": ["grid", "battery"]})

    def measure(self, t, power=1200, imported=None):
        """Put one telemetry message into the outbox."""
        self.seq += 1
        self.empty.clear()
        counter = power * (t - T0) // 3600 if imported is None else imported
        points = [["grid.power", power, "W", "good", 0], ["grid.import", 100000 + counter, "Wh", "good", 0]]
        self.outbox[self.seq] = {"epoch": self.epoch, "seq": self.seq, "oldest": 1, "t": t, "points": points}

    async def forward(self):
        """Send everything that has no receipt."""
        for seq, message in sorted(self.outbox.items()):
            await self.send("telemetry", message | {"oldest": min(self.outbox, default=seq)})

    async def offer(self, start, load_w=1200, slots=96, fill_wh=5000):
        store = {"actuator": "battery", "fill_wh": fill_wh, "retention_ppm": 1000000, "eta_in_pm": 950}
        store |= {"eta_out_pm": 950, "charge_max_w": 5000, "discharge_max_w": 5000, "usage_w": 0}
        store |= {"fill_min_wh": 1000, "fill_max_wh": 10000, "below_price": None, "above_price": None}
        store |= {"wear_price": 15, "end_value": 0}
        message = {"id": start // 900, "t": start, "start": start, "slots": slots, "load_w": load_w, "pv_w": 0}
        await self.send("offer", message | {"import_max_w": 9200, "export_max_w": 9200, "stores": [store]})

    async def live(self):
        async for message in self.client.messages:
            kind, value = str(message.topic).split("/")[3], json.loads(message.payload)
            self.got.append((kind, value))
            if kind == "receipt" and value["epoch"] == self.epoch:
                self.outbox = {seq: m for seq, m in self.outbox.items() if seq > value["seq"]}
                if not self.outbox:
                    self.empty.set()
            if kind == "plan":
                names = [a["actuator"] for a in value["actuators"]]
                refused = [
                    {"actuator": n, "reason": self.refuses[n], "detail": "as the household wishes"}
                    for n in names
                    if n in self.refuses
                ]
                accepted = [n for n in names if n not in self.refuses]
                await self.send(
                    "reply", {"t": value["t"], "plan": value["id"], "accepted": accepted, "refused": refused}
                )

    def of_kind(self, kind):
        return [value for k, value in self.got if k == kind]

    async def until(self, kind, count, seconds=20):
        """The messages of a kind, when so many have come."""
        async with asyncio.timeout(seconds):
            while len(self.of_kind(kind)) < count:
                await asyncio.sleep(0.02)
        return self.of_kind(kind)

    async def delivered(self, seconds=20):
        """Wait until the hub has acknowledged everything."""
        async with asyncio.timeout(seconds):
            await self.empty.wait()


@contextlib.asynccontextmanager
async def fake_box(port, name="box-01"):
    will = aiomqtt.Will(
        f"osb/v1/{name}/status",
        json.dumps({"t": T0, "state": "offline", "reason": "the connection was lost"}).encode(),
        qos=1,
    )
    async with aiomqtt.Client("127.0.0.1", port, identifier=name, will=will) as client:
        await client.subscribe(f"osb/v1/{name}/#", qos=1)
        box = FakeBox(client, name)
        listening = asyncio.create_task(box.live())
        try:
            yield box
        finally:
            await end([listening])


class Conductor:
    """The bench's clock for one hub."""

    def __init__(self):
        self.joined = asyncio.Event()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def _join(self, reader, writer):
        assert await reader.readline() == b"hello hub\n"
        self.reader, self.writer = reader, writer
        self.joined.set()

    async def step(self, t):
        async with asyncio.timeout(60):
            await self.joined.wait()
            self.writer.write(f"t {t}\n".encode())
            assert await self.reader.readline() == f"done {t}\n".encode()

    async def __aexit__(self, *_):
        if self.joined.is_set():
            self.writer.close()
            await self.writer.wait_closed()
        self.server.close()


@pytest.fixture
def make_box():
    return fake_box


@pytest.fixture
def make_conductor():
    return Conductor


@pytest.fixture
def t0():
    return T0
