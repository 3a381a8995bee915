"""The cuttable wire, with a real TCP server at its far end."""

import asyncio
import contextlib

import pytest

from osb_hil.link import Link


def on_link(talk):
    async def echo(reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(100):
                writer.write(data.upper())
        writer.close()

    async def run():
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        link = Link("127.0.0.1", server.sockets[0].getsockname()[1])
        await link.start()
        try:
            async with asyncio.timeout(20):
                await talk(link, server)
        finally:
            await link.stop()
            server.close()
            await asyncio.sleep(0.05)  # the far end hangs up

    asyncio.run(run())


async def ask(link, text):
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    writer.write(text)
    return await reader.readexactly(len(text)), reader, writer


async def ended(reader):
    """Whether the connection ends, by a close or by a reset."""
    try:
        return await reader.read(1) == b""
    except ConnectionError:
        return True


def test_bytes_pass_both_ways():
    async def talk(link, _):
        answer, _, writer = await ask(link, b"hello")
        assert answer == b"HELLO"
        assert link.connected
        writer.close()

    on_link(talk)


def test_a_cut_breaks_what_stands_and_refuses_what_comes_until_it_is_mended_on_the_same_port():
    async def talk(link, _):
        _, reader, writer = await ask(link, b"one")
        port = link.port
        await link.cut()
        assert await ended(reader)
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        await link.restore()
        assert link.port == port
        answer, _, writer = await ask(link, b"two")
        assert answer == b"TWO"
        writer.close()

    on_link(talk)


def test_a_broker_that_is_gone_ends_the_connection():
    async def talk(link, server):
        server.close()
        await server.wait_closed()
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        assert await ended(reader)
        writer.close()

    on_link(talk)
