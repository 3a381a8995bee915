"""A GET over plain HTTP/1.0, read as it comes."""

import asyncio

from micropython import const

from osb_box.net.dial import dial

_IO_MS = const(20000)
_HEAD_BYTES = const(2048)


def split(url):
    """(host, port, path) of an address; ValueError where it is no http:// one."""
    if not url.startswith("http://"):
        raise ValueError("%s must begin with http://" % url)
    authority, _, path = url[7:].partition("/")
    host, _, port = authority.partition(":")
    if not host or (port and not port.isdigit()):
        raise ValueError("%s names no host" % url)
    return host, int(port or 80), "/" + path


async def get(url):
    """(stream, length of the body) of a file that is there. OSError says why not."""
    host, port, path = split(url)
    stream = await dial(host, port)
    try:
        stream.write(("GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" % (path, host)).encode())
        await asyncio.wait_for_ms(stream.drain(), _IO_MS)
        status = (await _line(stream)).split(b" ", 2)
        length, size = None, 0
        while True:
            line = await _line(stream)
            size += len(line)
            if size > _HEAD_BYTES:
                raise OSError("%s answers with endless headers" % host)
            if line in (b"\r\n", b"\n", b""):
                break
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        if len(status) < 2 or status[1] != b"200" or length is None:
            raise OSError("%s answered %s" % (url, b" ".join(status[1:]).decode().strip() or "nothing"))
        return stream, length
    except asyncio.TimeoutError:
        stream.s.close()
        raise OSError("%s does not answer" % host) from None
    except BaseException:
        stream.s.close()
        raise


async def _line(stream):
    return await asyncio.wait_for_ms(stream.readline(), _IO_MS)


async def part(stream, most):
    """The next bytes; OSError where they end before they should, or do not come."""
    try:
        data = await asyncio.wait_for_ms(stream.read(most), _IO_MS)
    except asyncio.TimeoutError:
        raise OSError("the server stopped sending") from None
    if not data:
        raise OSError("the server stopped sending")
    return data
