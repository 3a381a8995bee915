"""Who may ask: the box's own code, or a session that was opened with it; wrong guesses cost time.

A session is its time of birth and a keyed hash of it (HMAC, RFC 2104), so that the box keeps nothing and a restart ends
none. They travel in a header that no other site's page can make a browser send: there is no cookie to be abused.
"""

import binascii
import hashlib

from micropython import const

_DAYS_S = const(30 * 86400)
_TRIES = const(5)  # wrong guesses before waiting begins
_WAIT_MOST_S = const(900)


def same(a, b):
    """Are two texts equal? Takes as long wherever they differ."""
    a, b = a.encode(), b.encode()
    wrong = len(a) ^ len(b)
    for x, y in zip(a, b):
        wrong |= x ^ y
    return wrong == 0


def keyed(key, message):
    """HMAC-SHA256 in hexadecimal digits."""
    key = key if len(key) <= 64 else hashlib.sha256(key).digest()
    key = key + bytes(64 - len(key))
    inner = hashlib.sha256(bytes([b ^ 0x36 for b in key]) + message).digest()
    return binascii.hexlify(hashlib.sha256(bytes([b ^ 0x5C for b in key]) + inner).digest()).decode()


_SINCE = const(0)
_WRONG = const(1)
_CLOSED_UNTIL = const(2)


def new_slate():
    """What is remembered between requests: sessions born before this time have ended, wrong guesses, closed until."""
    return [0, 0, 0]


class Access:
    """`code` is the one on the box's label; `slate` outlives this object, which is there for one request."""

    def __init__(self, code, slate):
        self._code = code
        self._slate = slate

    def wait_s(self, now):
        """Seconds until a code may be tried again."""
        return max(0, min(_WAIT_MOST_S, self._slate[_CLOSED_UNTIL] - now))

    def log_in(self, code, now):
        """A session, or None if the code is wrong. Ask `wait_s` first."""
        if not same(code, self._code):
            self._failed(now)
            return None
        self._slate[_WRONG] = 0
        return self._session(now)

    def allows(self, authorization, now):
        """Does an Authorization header carry a session that has not ended, or the code itself?"""
        if not authorization.startswith("Bearer "):
            return False
        given = authorization[7:]
        try:
            born = int(given[:8], 16)
        except ValueError:
            born = 0
        if (
            len(given) == 40
            and self._slate[_SINCE] <= born <= now < born + _DAYS_S
            and same(given, self._session(born))
        ):
            return True
        if self.wait_s(now):
            return False
        if same(given, self._code):
            self._slate[_WRONG] = 0
            return True
        if len(given) != 40:  # a session that has ended is no guess
            self._failed(now)
        return False

    def end_all(self, now):
        """End every session: whoever has one must log in again."""
        self._slate[_SINCE] = now + 1

    def _session(self, born):
        return "%08x" % born + keyed(self._code.encode(), b"session %d" % born)[:32]

    def _failed(self, now):
        slate = self._slate
        slate[_WRONG] += 1
        if slate[_WRONG] >= _TRIES:
            slate[_CLOSED_UNTIL] = now + min(_WAIT_MOST_S, 1 << min(slate[_WRONG] - _TRIES, 10))
