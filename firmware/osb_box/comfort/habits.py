"""What the household changes again and again becomes a habit, shown in plain words, switched off or forgotten at will.

The memory is one wish and one count for each half hour of weekday and weekend, 192 bytes. An override says on its day
for the half hours in which it holds (its first three hours, and the hour after its end while the room is still so and
nobody asks for anything else) how far from the set-point the room should be; the wish moves a share of the way there,
the count goes up. From three days on the band follows. Who then asks for something
else moves the wish, who asks for the set-point again ends it, and whoever says nothing agrees, yet the count fades: a
habit of which nothing is heard for months needs to be asked for again. Imported when needed only.
"""

from micropython import const

from osb_box.comfort.lived import STEP_MK, SURE, half_hour, in_night, wish

_OFF = const(128)  # in the count: the household does not want this habit
_MOST_SEEN = const(15)
_SHARE = const(2)  # a wish moves at least half of the way
_HELD_S = const(10800)
_AFTER_S = const(3600)
_STILL_MK = const(300)
_GAP = const(3)  # half hours between two habits that are one
_NOTHING_MK = const(250)
_ALIKE_MK = const(300)  # wishes so close are one habit
_MOST_MK = const(6000)
_UNSURE_DAYS = const(14)  # after which a count falls by one
_SURE_DAYS = const(56)


def learn(band, start, minute, room_mc):
    """A half hour ended whose second slot began at `start`, `minute` of the local day, with the room as warm."""
    middle = start + 450
    if band.override_mc is not None and _holds(band, middle, room_mc):
        see(band, half_hour(band, start, minute), band.override_mc - band.comfort["setpoint_mc"])
    if minute == 15 and band.learned:
        _fade(band, start // 86400)
        _join(band)


def _holds(band, t, room_mc):
    """Whether the last override tells what is wished at `t`."""
    end = min(band.override_until, band.override_since + _HELD_S)
    if not band.override_since <= t < end + _AFTER_S:
        return False
    if t < end:
        return True
    here = band.moved is None or band.moved >= t - _AFTER_S
    return here and t >= band.override_until and room_mc is not None and abs(room_mc - band.override_mc) <= _STILL_MK


def see(band, k, wish_mk):
    """On this day the room should be so far from the set-point in half hour `k`."""
    if band.learned is None:
        band.learned = bytearray(192)
    learned, wish_mk = band.learned, max(-_MOST_MK, min(_MOST_MK, wish_mk))
    place = 128 + (wish_mk + STEP_MK // 2) // STEP_MK
    off, seen = learned[2 * k + 1] & _OFF, learned[2 * k + 1] & ~_OFF
    if seen:
        share = min(seen + 1, _SHARE)
        place = learned[2 * k] + (place - learned[2 * k] + share // 2) // share
    learned[2 * k] = place
    learned[2 * k + 1] = off | min(seen + 1, _MOST_SEEN)
    if abs(place - 128) * STEP_MK < _NOTHING_MK and not _night(band, k):
        learned[2 * k + 1] = 0


def agree(band, k):
    """Somebody says that it is right as it is."""
    if wish(band, k) is not None:
        band.learned[2 * k + 1] = min(band.learned[2 * k + 1] + 1, _MOST_SEEN)


def _fade(band, day):
    for k in range(1, 192, 2):
        seen = band.learned[k] & ~_OFF
        if seen and day % (_SURE_DAYS if seen >= SURE else _UNSURE_DAYS) == 0:
            band.learned[k] = band.learned[k] - 1 if seen > 1 else 0
    if not any(band.learned[k] for k in range(1, 192, 2)):
        band.learned = None


def _join(band):
    """Somebody who is warm enough for a while says nothing: what lies between two alike habits belongs to them, and
    what was seen nearly as often beside one.
    """
    learned = band.learned
    for first in (0, 48) if learned else ():
        last = None
        for k in range(first, first + 48):
            if wish(band, k) is None:
                continue
            if last is not None and 1 < k - last <= _GAP + 1 and _alike(learned, k, last):
                for i in range(last + 1, k):
                    if learned[2 * i + 1] < _OFF:
                        learned[2 * i] = (learned[2 * last] + learned[2 * k]) // 2
                        learned[2 * i + 1] = SURE
            last = k
        for step in (1, -1):
            for k in range(first + 1, first + 47)[::step]:
                if learned[2 * k + 1] == SURE - 1 and wish(band, k - step) is not None and _alike(learned, k, k - step):
                    learned[2 * k + 1] = SURE


def _alike(learned, k, i):
    return abs(learned[2 * k] - learned[2 * i]) * STEP_MK <= _ALIKE_MK


def rules(band):
    """The habits in words: a list of dicts as comfort_state has them under "learned"."""
    out = []
    learned = band.learned
    if learned is None:
        return out
    for days, first in (("week", 0), ("weekend", 48)):
        k = first
        while k < first + 48:
            end = _run(band, k, first + 48)
            if end > k:
                out.append(_rule(band, days, first, k, end))
            k = max(end, k + 1)
    return out


def _run(band, k, last):
    """The half hour before which a habit that begins at `k` ends; `k` itself where none begins."""
    learned, first = band.learned, k
    while k < last:
        seen = learned[2 * k + 1]
        same = seen & _OFF == learned[2 * first + 1] & _OFF and _night(band, k) == _night(band, first)
        if seen & ~_OFF < SURE or not same or not _alike(learned, k, first):
            break
        k += 1
    return k


def _night(band, k):
    return in_night(band, k % 48 * 30)


def _rule(band, days, first, k, end):
    learned, count = band.learned, end - k
    mk = sum([learned[2 * i] - 128 for i in range(k, end)]) * STEP_MK // count
    mk = (mk + 50) // 100 * 100
    middle = (k + end - 2 * first) * 15
    if _night(band, k):
        part = "night"
    else:
        part = "morning" if middle < 660 else "day" if middle < 1020 else "evening"
    return {
        "id": k,
        "key": ("cooler_" if mk < 0 else "warmer_") + part,
        "mc": mk,
        "from": _clock(k - first),
        "to": _clock(end - first),
        "days": days,
        "seen": max([learned[2 * i + 1] & ~_OFF for i in range(k, end)]),
        "on": not learned[2 * k + 1] & _OFF,
    }


def _clock(half_hours):
    return "%02d:%02d" % (half_hours // 2 % 24, half_hours % 2 * 30)


def edit(band, number, on, gone, act=True):
    """Switch a habit on or off, or forget it where `gone`; ValueError where there is none of this number."""
    end = number
    if band.learned and isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 96:
        end = _run(band, number, 48 if number < 48 else 96)
    if end == number:
        raise ValueError("learned.id: there is no habit %r" % (number,))
    for k in range(2 * number + 1, 2 * end, 2) if act else ():
        band.learned[k] = 0 if gone else band.learned[k] & ~_OFF if on else band.learned[k] | _OFF


def shift(band, mk):
    """The set-point went up by so much: what was wished stays as warm as it was."""
    for k in range(0, 192, 2) if band.learned else ():
        if band.learned[k + 1]:
            band.learned[k] = max(0, min(255, band.learned[k] - mk // STEP_MK))
            if abs(band.learned[k] - 128) * STEP_MK < _NOTHING_MK and not _night(band, k // 2):
                band.learned[k + 1] = 0
