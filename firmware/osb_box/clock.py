"""Time: Unix seconds UTC on every port, 900 s slots, and local time with the EU summer-time rule."""

import asyncio
import time

from micropython import const

from osb_wire import SLOT_S

_TO_UNIX_S = 946684800 if time.gmtime(0)[0] == 2000 else 0  # ESP32 counts from 2000, RP2 and unix from 1970
_NAP_MS = const(1000)  # sleeps are cut into naps, so that a clock set by the network is noticed


def slot_start(t):
    """Start of the slot that holds `t` [Unix s]."""
    return t - t % SLOT_S


def next_multiple(t, step_s):
    """The first multiple of `step_s` that is not before `t` [Unix s]."""
    return -(-t // step_s) * step_s


def days_from_civil(year, month, day):
    """Days from 1970-01-01 to a date of the Gregorian calendar."""
    year -= month <= 2
    era_year = year % 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return year // 400 * 146097 + era_year * 365 + era_year // 4 - era_year // 100 + day_of_year - 719468


def civil_from_days(days):
    """(year, month, day) of the day `days` after 1970-01-01."""
    days += 719468
    era_day = days % 146097
    era_year = (era_day - era_day // 1460 + era_day // 36524 - era_day // 146096) // 365
    day_of_year = era_day - (365 * era_year + era_year // 4 - era_year // 100)
    month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month + 2) // 5 + 1
    month += 3 if month < 10 else -9
    return era_year + days // 146097 * 400 + (month <= 2), month, day


def _last_sunday(year, month):
    """Days from 1970-01-01 to the last Sunday of a month of 31 days; 1970-01-01 was a Thursday."""
    last = days_from_civil(year, month, 31)
    return last - (last + 4) % 7


def utc_offset_s(t, zone):
    """Seconds that local time is ahead of UTC at `t` [Unix s].

    Directive 2000/84/EC: summer time from 01:00 UTC on the last Sunday of March to that of October.
    """
    if zone["dst"] == "eu":
        year = civil_from_days(t // 86400)[0]
        if _last_sunday(year, 3) * 86400 + 3600 <= t < _last_sunday(year, 10) * 86400 + 3600:
            return zone["utc_offset_s"] + 3600
    return zone["utc_offset_s"]


def local(t, zone):
    """(year, month, day, hour, minute, weekday) at `t` in a zone of the configuration; Monday is weekday 0."""
    t += utc_offset_s(t, zone)
    days = t // 86400
    year, month, day = civil_from_days(days)
    return year, month, day, t % 86400 // 3600, t % 3600 // 60, (days + 3) % 7


class RealClock:
    """Wall time. Before the network has set a board's clock, time runs on from `floor`, the last time known."""

    def __init__(self, floor=0):
        self._floor = floor
        self._ahead_s = max(0, floor - self._raw())

    def _raw(self):
        return int(time.time()) + _TO_UNIX_S

    def now(self):
        """Unix seconds UTC."""
        raw = self._raw()
        if self._ahead_s and raw >= self._floor:
            self._ahead_s = 0  # the clock has been set
        return raw + self._ahead_s

    async def sleep_until(self, t, name):
        """Sleep until `t`; not longer than it looked at first, even if the clock is set back meanwhile."""
        naps_ms = (t - self.now()) * 1000
        while naps_ms > 0 and self.now() < t:
            nap_ms = min(naps_ms, _NAP_MS)
            await asyncio.sleep_ms(nap_ms)
            naps_ms -= nap_ms

    def hold(self, name):
        """Real time waits for nobody."""

    def release(self, name):
        """Real time waits for nobody."""
