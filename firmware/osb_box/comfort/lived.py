"""The band of a home with more than day and night: holiday, then habits, then a set-back while nobody is at home.

Functions of a Band, which refers to this module where it is needed: see `attend`. All in mC.
"""

from micropython import const

from osb_box.comfort.band import day_minute

_RETURN_S = const(3600)  # before the end of a holiday the home is warm
_AHEAD = const(8)  # half hours for which a warmer time to come is prepared
SURE = 3  # days on which a wish was seen before it becomes a habit
STEP_MK = 50  # of a learned wish
_AWAY_LOW_MK = const(1500)
_AWAY_TARGET_MK = const(1000)
_EXPECTED = const(128)  # of 255: somebody is at home in this half hour on every second day


def attend(band):
    """Let this module stay where it is needed; call it when a holiday, habits or absence may have changed."""
    if not (band.holiday or band.learned or band.away):
        band.lived = None
    elif not band.lived:
        from osb_box.comfort import lived

        band.lived = lived


def in_night(band, minute):
    """Whether a minute of the local day is in the night."""
    return (minute - band.night) % 1440 < (band.day - band.night) % 1440


def half_hour(band, t, minute):
    """0..47 on weekdays, 48..95 at weekends: the half hour of `t`, which is `minute` of the local day."""
    t += band.zone["utc_offset_s"]
    days = t // 86400 + (minute * 60 + 43200 < t % 86400)  # summer's first hour is still yesterday without it
    return minute // 30 + (48 if (days + 3) % 7 > 4 else 0)


def wish(band, k):
    """Learned difference from the set-point [mK] in half hour `k`; None where nothing holds."""
    if band.learned is None or not SURE <= band.learned[2 * k + 1] < 128:
        return None
    return (band.learned[2 * k] - 128) * STEP_MK


def target(band, now, rise_mk):
    """Band.target without an override."""
    minute = day_minute(now, band.zone)
    mc = _moment(band, now, minute)[2]
    if rise_mk is not None:
        # in half kelvins: a set-point is a register that wears out
        mc = max(mc, _climb(band, now, minute, rise_mk, 2) // 500 * 500)
    return mc


def at(band, t, minute, rise_mk):
    """Band.at without an override."""
    low, high, _ = _moment(band, t, minute)
    if rise_mk is not None:
        if in_night(band, minute):
            left_s = (band.day - minute) % 1440 * 60 - t % 60
            low = max(low, _moment(band, t + left_s, band.day)[0] - rise_mk * left_s // 900)
        low = max(low, _climb(band, t, minute, rise_mk, 0))
    return low, max(low, high)


def _moment(band, t, minute):
    """(lowest, highest, set-point) of this moment alone."""
    comfort = band.comfort
    low, high, mc = comfort["min_mc"], comfort["max_mc"], comfort["setpoint_mc"]
    night = in_night(band, minute)
    if night:
        low = comfort["night_min_mc"]
    if band.holiday and t < band.holiday[0]:
        return min(low, band.holiday[1]), high, band.holiday[1]
    k = half_hour(band, t, minute)
    wish_mk = wish(band, k)
    if wish_mk is not None:
        day_low = comfort["min_mc"] + wish_mk
        low = min(low, day_low) if wish_mk < 0 else day_low
        high += wish_mk
        mc += wish_mk
    if band.away and not night and not (band.usual and band.usual[k] >= _EXPECTED):
        low = min(low, max(comfort["night_min_mc"], low - _AWAY_LOW_MK))
        mc = max(low, mc - _AWAY_TARGET_MK)
    return low, high, mc


def _climb(band, t, minute, rise_mk, which):
    """What must hold now so that the warmer half hours to come are warm when they begin."""
    most = -100000
    begin, minute = t - t % 1800, minute - minute % 30
    for _ in range(_AHEAD):
        begin += 1800
        minute = (minute + 30) % 1440
        most = max(most, _moment(band, begin, minute)[which] - rise_mk * (begin - t) // 900)
    if band.holiday and t < band.holiday[0]:
        until = band.holiday[0]
        back = _moment(band, until, day_minute(until, band.zone))[which]
        most = max(most, back - rise_mk * max(0, until - _RETURN_S - t) // 900)
    return most
