"""An open connection to a host by name or address, within a time and without blocking."""

import asyncio
import errno
import gc
import socket

from osb_box import forget, hal, loaded, rested

_CONNECT_MS = 20000


async def dial(host, port, wait_ms=_CONNECT_MS):
    """A stream; OSError where nobody is there, or no name server knows the name."""
    if not is_address(host):
        host = await _resolve(host)
    address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0][-1]  # a number by now: it does not block
    gc.collect()  # what stays, as a connection does, shall not lie above garbage
    sock = socket.socket()
    try:
        stream = asyncio.StreamReader(sock)
        sock.setblocking(False)
        try:
            sock.connect(address)
        except OSError as e:
            if e.errno != errno.EINPROGRESS:
                raise
        await asyncio.wait_for_ms(_writable(sock), wait_ms)
    except asyncio.TimeoutError:
        sock.close()
        raise OSError(errno.ETIMEDOUT) from None
    except BaseException:
        sock.close()
        raise
    return stream


def is_address(host):
    """Is it four numbers with dots?"""
    parts = host.split(".")
    if len(parts) != 4:
        return False
    for part in parts:
        if not (part.isdigit() and len(part) < 4 and int(part) < 256):
            return False
    return True


async def _resolve(host):
    try:
        await rested(hal.ready())
        dns = await rested(loaded("osb_box.net.", "dns"))
        return await dns.resolve(host, hal.port().name_servers())
    finally:
        dns = None
        forget("osb_box.net.dns")
        hal.leave()


def _writable(sock):
    yield asyncio.core._io_queue.queue_write(sock)
