"""The code that serves browsers is in memory only while one is connected."""

import asyncio
import gc
import socket
import sys

from osb_box.web.listener import Listener

PORT = 18711
NOWHERE = "/nowhere"
ASKED = b"GET /nothing HTTP/1.1\r\n\r\n"


class Pulse:
    def rest(self):
        pass


class Cycle:
    """Enough to be told of: nothing is measured, nothing is decided."""

    thinking = None
    link = None
    passes = 1

    def now(self):
        return 1768431600

    def names(self):
        return []

    def state(self, now):
        return {}

    @property
    def clock(self):
        return self

    points = controller = clock


def loaded():
    return "osb_box.web.server" in sys.modules or "osb_box.web.api" in sys.modules


async def asked(*parts):
    """The answer to a request that comes in parts; `loaded()` between them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    seen = []
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep_ms(50)
        seen.append(loaded())
    answer = await asyncio.wait_for(reader.read(-1), 10)
    writer.close()
    await writer.wait_closed()
    return answer, seen


async def test_it_comes_with_a_connection_and_goes_with_the_last():
    listener = Listener({"host": "127.0.0.1", "port": PORT, "token": "t"}, NOWHERE, "box-01", Cycle, None)
    task = asyncio.create_task(listener.run(Pulse()))
    await asyncio.sleep_ms(50)
    assert not loaded()
    slow = asyncio.create_task(asked(ASKED[:9], b"", b"", b"", ASKED[9:]))
    await asyncio.sleep_ms(20)
    answer, _ = await asked(ASKED)
    assert answer.startswith(b"HTTP/1.0 404 "), answer
    assert loaded()  # the slow one is still there
    answer, seen = await slow
    assert answer.startswith(b"HTTP/1.0 404 "), answer
    assert seen[:4] == [True, True, True, True], seen
    await asyncio.sleep_ms(50)
    assert not loaded()
    answer, _ = await asked(ASKED)
    assert answer.endswith(b'{"error": "There is nothing at /nothing."}'), answer
    task.cancel()


async def test_where_memory_does_not_suffice_the_connection_is_closed_and_the_box_lives_on():
    listener = Listener({"host": "127.0.0.1", "port": PORT + 1, "token": "t"}, NOWHERE, "box-01", Cycle, None)
    task = asyncio.create_task(listener.run(Pulse()))
    await asyncio.sleep_ms(50)

    class Full:
        async def exchange(self, *_):
            raise MemoryError

    sys.modules["osb_box.web.server"] = Full()
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT + 1)
    writer.write(ASKED)
    await writer.drain()
    try:
        assert await asyncio.wait_for(reader.read(-1), 10) == b""
    except OSError:
        pass  # reset: the request lies unread
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep_ms(50)
    assert not loaded()
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT + 1)
    writer.write(ASKED)
    await writer.drain()
    assert (await asyncio.wait_for(reader.read(-1), 10)).startswith(b"HTTP/1.0 404 ")
    task.cancel()


async def test_who_is_let_in_while_all_sessions_end_hears_nothing():
    listener = Listener({"host": "127.0.0.1", "port": PORT + 3, "token": "t"}, NOWHERE, "box-01", Cycle(), None)
    task = asyncio.create_task(listener.run(Pulse()))
    await asyncio.sleep_ms(50)
    ended = []

    class Server:
        async def exchange(self, stream, box, busy):
            """The session is good; then somebody logs out everywhere, and only then the head is written."""
            if ended:
                box.slate[0] = ended[0]
            return True

    async def heard():
        sys.modules["osb_box.web.server"] = Server()  # it is forgotten with each connection
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT + 3)
        told = await asyncio.wait_for(reader.read(6), 10)
        writer.close()
        await writer.wait_closed()
        return told

    assert await heard() == b"data: "
    ended.append(1768431600)
    assert await heard() == b""
    task.cancel()


async def test_a_crowd_that_says_nothing_costs_no_more_than_six():
    listener = Listener({"host": "127.0.0.1", "port": PORT + 2, "token": "t"}, NOWHERE, "box-01", Cycle, None)
    task = asyncio.create_task(listener.run(Pulse()))
    await asyncio.sleep_ms(50)
    address = socket.getaddrinfo("127.0.0.1", PORT + 2)[0][-1]
    taken, visitors = {}, []
    for count in (6, 20):
        while len(visitors) < count:
            visitors.append(socket.socket())
            visitors[-1].connect(address)
            await asyncio.sleep_ms(10)
        gc.collect()
        taken[count] = gc.mem_alloc()
    assert taken[20] < taken[6] + 3000, taken  # a visitor of the six takes two thousand bytes and more
    for visitor in visitors:
        visitor.close()
    await asyncio.sleep_ms(500)
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT + 2)
    writer.write(ASKED)
    await writer.drain()
    assert (await asyncio.wait_for(reader.read(-1), 10)).startswith(b"HTTP/1.0 404 ")
    task.cancel()
