"""What a box of the bench needs of a hub: a broker, and somebody who acknowledges readings."""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from getpass import getuser
from pathlib import Path
from typing import Any

import aiomqtt

from osb_hil.firmware import MissingTool


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def broker(
    folder: Path, secured: tuple[int, Path] | None = None, port: int | None = None
) -> AsyncIterator[tuple[str, int]]:
    """Mosquitto on `port` of this machine or a free one, with `secured` by TLS on another: (port, key and certificate).

    It keeps nothing.
    """
    command = shutil.which("mosquitto") or shutil.which(
        "mosquitto", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
    )
    if command is None:
        raise MissingTool("no mosquitto found: the hub of the bench needs one on PATH")
    port = port or free_port()
    settings = folder / "mosquitto.conf"
    told = f"allow_anonymous true\npersistence false\nlistener {port} 127.0.0.1\n"
    if secured:
        told += "user {2}\nlistener {0} 127.0.0.1\ncertfile {1}\nkeyfile {1}\n".format(*secured, getuser())
    settings.write_text(told)
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
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def receipts(address: tuple[str, int]) -> AsyncIterator[list[tuple[str, dict[str, Any]]]]:
    """A hub that acknowledges every reading, as what a box says comes in order; (box, message) of what has come."""
    heard: list[tuple[str, dict[str, Any]]] = []
    async with aiomqtt.Client(*address, identifier="hub") as client:
        await client.subscribe("osb/v1/+/telemetry", qos=1)

        async def acknowledge() -> None:
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                name = message.topic.value.split("/")[2]
                told = json.loads(message.payload)
                heard.append((name, told))
                receipt = json.dumps({"epoch": told["epoch"], "seq": told["seq"]})
                await client.publish(f"osb/v1/{name}/receipt", receipt, qos=1)

        acknowledging = asyncio.create_task(acknowledge())
        try:
            yield heard
        finally:
            while not acknowledging.done():  # before Python 3.12 the first may be lost in a wait for an acknowledgement
                acknowledging.cancel()
                await asyncio.wait([acknowledging], timeout=0.5)
