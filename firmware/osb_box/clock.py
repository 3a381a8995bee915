"""Time: Unix seconds UTC on every port, 900 s slots, and local time with the EU summer-time rule."""

from osb_wire import SLOT_S


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
