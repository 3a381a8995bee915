"""Opening a TCP connection within a time-out, without leaving a socket behind where that fails."""

import asyncio
import errno
import socket


def _writable(sock):
    yield asyncio.core._io_queue.queue_write(sock)


async def dial(host, port, timeout_ms):
    """A connected stream; OSError if that fails. A name is resolved by the port, which may block; an address is not."""
    address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0][-1]
    sock = socket.socket()
    try:
        sock.setblocking(False)
        try:
            sock.connect(address)
        except OSError as e:
            if e.errno != errno.EINPROGRESS:
                raise
        await asyncio.wait_for_ms(_writable(sock), timeout_ms)
    except asyncio.TimeoutError:
        sock.close()
        raise OSError(errno.ETIMEDOUT) from None
    except BaseException:
        sock.close()
        raise
    return asyncio.StreamReader(sock)
