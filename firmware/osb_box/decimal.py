"""Integers of small parts as people and other programs read them. Needed by who tells others of points."""


def decimal(value, parts):
    """An integer number of parts as a decimal fraction, without a float: (20512, 1000) is 20.512."""
    if parts == 1:
        return str(value)
    sign, value = ("-", -value) if value < 0 else ("", value)
    return "%s%d.%0*d" % (sign, value // parts, len(str(parts)) - 1, value % parts)
