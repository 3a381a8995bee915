"""A process that is a box waits for many streams at once, one of them without a descriptor, as TLS has none."""

import asyncio
import io
import socket

from osb_box.hal import port

_READ = 3  # ioctl request: may it be read? (py/stream.h)


class Secured(io.IOBase):
    """Never has anything to read."""

    def ioctl(self, request, _):
        return 0 if request == _READ else -1


async def waiting(stream):
    yield asyncio.core._io_queue.queue_read(stream)


def bound():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(socket.getaddrinfo("127.0.0.1", 0)[0][-1])
    return sock


async def test_streams_that_come_later_do_not_end_it():
    port().room_for_streams()
    tasks, socks = [asyncio.create_task(waiting(Secured()))], []
    await asyncio.sleep_ms(1)
    for _ in range(32):
        socks.append(bound())
        tasks.append(asyncio.create_task(waiting(socks[-1])))
        await asyncio.sleep_ms(1)
    for task in tasks:
        task.cancel()
    await asyncio.sleep_ms(1)
    for sock in socks:
        sock.close()
