"""A hub to which an emulated board speaks TLS."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from osb_hil.certificates import Authority
from osb_hil.hub_end import broker, receipts
from osb_hil.link import Link
from osb_hil.uplinks import HUB_NAME


@dataclass
class Hub:
    """`address` without TLS, what it has `heard`, the `link` to it, and what the board is given of it: `settings` and
    `files`.
    """

    address: tuple[str, int]
    heard: list[tuple[str, dict[str, Any]]]
    link: Link
    settings: dict[str, Any]
    files: dict[str, bytes]


@asynccontextmanager
async def secured_hub() -> AsyncIterator[Hub]:
    """Mosquitto with TLS in front of it: its own would hang up while emulated seconds take minutes."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        authority = Authority()
        address = await stack.enter_async_context(broker(folder))
        heard = await stack.enter_async_context(receipts(address))
        link = Link(*address, authority.server(folder, HUB_NAME))
        await link.start()
        stack.push_async_callback(link.stop)
        settings = {"host": HUB_NAME, "port": link.port, "user": "box-01", "password": "bench", "ca": "hub.der"}
        settings |= {"keepalive_s": 3600, "retry_s": 5}
        yield Hub(address, heard, link, settings, {"hub.der": authority.der})
