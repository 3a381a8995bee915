"""Whether a measured value can be believed, from the profile's limits and from what came before."""

_FASTEST_W = 100000  # no home's counter runs faster
_ROUNDING_WH = 10  # a float32 counter may step back so far
_JUMP = 5000  # [mC] a sensor that shows its power-on value within this of the last one really measures it
_PERSISTENT = 3  # a counter that is elsewhere in so many polls was exchanged or reset

_LAST, _TIME, _ODD, _TIMES = 0, 1, 2, 3


def judge(item, value, memory, now):
    """The value to report, or None. `memory` holds what this point needs to know next time."""
    if value is None or (item.low is not None and value < item.low) or (item.high is not None and value > item.high):
        return None
    known = memory.get(item.point)
    if item.power_on == value and (known is None or abs(known[_LAST] - value) > _JUMP):
        return None
    if item.counter and known is not None:
        last = known[_LAST]
        most = last + _FASTEST_W * max(0, now - known[_TIME]) // 3600 + 1000
        if last - _ROUNDING_WH <= value < last:
            value = last
        elif not last <= value <= most and not _settled(known, value):
            return None
    if item.counter or item.power_on is not None:
        memory[item.point] = [value, now, None, 0]
    return value


def _settled(known, value):
    """Count odd readings that agree with each other; True when they have become the truth."""
    odd = known[_ODD]
    known[_TIMES] = known[_TIMES] + 1 if odd is not None and odd <= value <= odd + 100000 else 1
    known[_ODD] = value
    return known[_TIMES] >= _PERSISTENT
