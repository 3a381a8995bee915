"""Does anybody beyond our own radio answer? Any answer will do, a refusal too."""

import asyncio
import errno

from osb_box import net
from osb_box.net import dial, dns

_WAIT_MS = 3000
_REFUSALS = (errno.ECONNREFUSED, errno.ECONNRESET)
_NAME = "pool.ntp.org"


async def probe(servers, gateway):
    """Ask the name servers, then the router for a page; `net.heard` if one answers."""
    for server in servers:
        try:
            await dns.ask(_NAME, server, _WAIT_MS)
        except (dns.NoSuchName, ValueError):
            pass  # it knows no such name, or has no way to the world: it answers
        except (OSError, asyncio.TimeoutError):
            continue
        net.heard()
        return
    if gateway and await asked(gateway, 80):
        net.heard()


async def asked(host, port):
    """Does a host answer at all, be it by refusing to talk?"""
    try:
        stream = await dial.dial(host, port, _WAIT_MS)
    except OSError as e:
        return e.errno in _REFUSALS
    try:
        stream.write(b"HEAD / HTTP/1.0\r\n\r\n")
        await asyncio.wait_for_ms(stream.drain(), _WAIT_MS)
        await asyncio.wait_for_ms(stream.read(1), _WAIT_MS)
        return True
    except asyncio.TimeoutError:
        return False
    except OSError as e:
        return e.errno in _REFUSALS
    finally:
        stream.s.close()
