"""A real broker, and a hub that does nothing but acknowledge and remember."""

import contextlib
import shutil
import socket
import subprocess
import time

import aiomqtt
import pytest

from osb_wire.messages import decode, encode
from osb_wire.topics import parse, topic


@pytest.fixture
def mosquitto(tmp_path):
    """Port of a Mosquitto broker of its own."""
    if shutil.which("mosquitto") is None:
        pytest.skip("no mosquitto on PATH: install it to run boxes against a real broker")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    broker = subprocess.Popen(["mosquitto", "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
        time.sleep(0.05)
    yield port
    broker.terminate()
    broker.wait()


class Hub:
    """Keeps every telemetry message by box and sequence number, and sends receipts."""

    def __init__(self):
        self.telemetry = {}  # box -> {(epoch, seq): message}

    def times(self, box):
        """When the stored messages of a box were taken, in the order of epoch and number."""
        return [self.telemetry[box][key]["t"] for key in sorted(self.telemetry[box])]

    def latest(self, box):
        """{point: (value, quality)} of the newest message of a box."""
        newest = self.telemetry[box][max(self.telemetry[box])]
        return {row[0]: (row[1], row[3]) for row in newest["points"]}

    async def serve(self, port):
        async with aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe("osb/v1/+/telemetry", qos=1)
            async for message in client.messages:
                box, kind = parse(str(message.topic))
                content = decode(kind, message.payload)
                stored, epoch = self.telemetry.setdefault(box, {}), content["epoch"]
                stored[epoch, content["seq"]] = content
                receipt = encode("receipt", {"epoch": epoch, "seq": _contiguous(stored, epoch)})
                await client.publish(topic(box, "receipt"), receipt, qos=1)


def _contiguous(stored, epoch):
    """The highest number up to which nothing of an epoch is missing."""
    seq = 0
    while (epoch, seq + 1) in stored:
        seq += 1
    return seq


@pytest.fixture
def hub_and_port(mosquitto):
    return Hub(), mosquitto
