"""What a box of the bench needs of a hub: a broker, and somebody who acknowledges readings."""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt

from osb_hil.firmware import MissingTool


@asynccontextmanager
async def broker(folder: Path) -> AsyncIterator[tuple[str, int]]:
    """Mosquitto on a free port of this machine; it keeps nothing."""
    command = shutil.which("mosquitto") or shutil.which(
        "mosquitto", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
    )
    if command is None:
        raise MissingTool("no mosquitto found: the hub of the bench needs one on PATH")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    process = await asyncio.create_subprocess_exec(
        command, "-c", str(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                (await asyncio.open_connection("127.0.0.1", port))[1].close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield "127.0.0.1", port
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def receipts(address: tuple[str, int]) -> AsyncIterator[None]:
    """A hub that acknowledges every reading: what a box says comes in order."""
    async with aiomqtt.Client(*address, identifier="hub") as client:
        await client.subscribe("osb/v1/+/telemetry", qos=1)

        async def acknowledge() -> None:
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                name = message.topic.value.split("/")[2]
                told = json.loads(message.payload)
                receipt = json.dumps({"epoch": told["epoch"], "seq": told["seq"]})
                await client.publish(f"osb/v1/{name}/receipt", receipt, qos=1)

        acknowledging = asyncio.create_task(acknowledge())
        try:
            yield
        finally:
            acknowledging.cancel()
            await asyncio.gather(acknowledging, return_exceptions=True)
