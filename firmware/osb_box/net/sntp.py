"""Which time servers to believe (RFC 4330). Needed every few hours; asking one is ntp.py.

Nothing proves who answers. So time never goes below what the box once knew, and two servers must agree where a clock
that has been set would be moved further than it can have gone wrong, or a box that was without power for over a year:
what it believes once it cannot take back.
"""

import asyncio

from micropython import const

from osb_box import said
from osb_box.net import dns, ntp

_DRIFT_S = const(600)
_AWAY_S = const(31536000)
_AGREE_S = const(2)
HOSTS = ("0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org")


async def look(clock, servers, hosts=HOSTS):
    """Set `clock` by a time server, found with the name servers `servers`; returns whether it is right now."""
    doubted = None
    for host in hosts:
        try:
            name, _, port = host.partition(":")
            t = await ntp.ask(await _address(name, servers), int(port or 123))
        except (OSError, ValueError, asyncio.TimeoutError) as e:
            why = str(e) or "does not answer"
            continue
        far = abs(t - clock.now()) > (_DRIFT_S if clock.known else _AWAY_S)
        if far and (doubted is None or abs(t - doubted) > _AGREE_S):
            doubted = t
            why = "says %d, which nobody confirms" % t
            continue
        if abs(t - clock.now()) < _AGREE_S and clock.known:
            return True
        before = clock.now()
        if clock.set(t):
            said.say("time: set by %s, %d s away" % (host, t - before))
            return True
        why = "says %d, and it was later before" % t
    said.say("time: %s %s" % (host, why))
    return False


async def _address(name, servers):
    return name if name[-1:].isdigit() else await dns.resolve(name, servers)
