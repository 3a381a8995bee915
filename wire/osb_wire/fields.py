"""Field specifications and the one function that checks a value against them.

A specification is a plain tuple, so that a message costs a microcontroller a few bytes and no class:

    ("int", low, high)       integer in low..high; a bool or a float is refused
    ("text", most)           text of 1..most bytes in UTF-8
    ("one", (a, b, ...))     one of the listed words
    ("list", spec, most)     list of at most `most` values
    ("row", ((name, spec), ...))     JSON array with exactly these columns
    ("record", ((name, spec), ...))  JSON object; unknown fields are dropped
    ("series", low, high)    one integer for all slots, or a list with one for each slot
    ("none", spec)           null, or a value of `spec`
    ("maybe", spec)          the field may be missing; it then reads as None
"""


class WireError(ValueError):
    """A message breaks the contract. `field` names the offender, as in `stores[1].fill_wh`."""

    def __init__(self, field, problem):
        super().__init__("%s: %s" % (field, problem))
        self.field = field
        self.problem = problem


def check(field, spec, value, slots=None):
    """Return `value` reduced to what `spec` names, or raise WireError.

    `slots` is the length that a series must have; the caller takes it from the message.
    """
    kind = spec[0]
    if kind == "int":
        return _integer(field, spec[1], spec[2], value)
    if kind == "text":
        if not isinstance(value, str) or not _unicode(value) or not 0 < len(value.encode()) <= spec[1]:
            raise WireError(field, "must be text of 1 to %d bytes" % spec[1])
        return value
    if kind == "one":
        if value not in spec[1]:
            raise WireError(field, "must be one of " + ", ".join(spec[1]))
        return value
    if kind == "none":
        return None if value is None else check(field, spec[1], value, slots)
    if kind == "list":
        if not isinstance(value, list) or len(value) > spec[2]:
            raise WireError(field, "must be a list of at most %d" % spec[2])
        return [check("%s[%d]" % (field, i), spec[1], v, slots) for i, v in enumerate(value)]
    if kind == "row":
        columns = spec[1]
        if not isinstance(value, list) or len(value) != len(columns):
            raise WireError(field, "must be a list of %d" % len(columns))
        return [check(field + "." + c[0], c[1], v, slots) for c, v in zip(columns, value)]
    if kind == "record":
        return check_record(spec[1], value, field + ".", slots)
    if kind == "series":
        if not isinstance(value, list):
            return _integer(field, spec[1], spec[2], value)
        if slots is not None and len(value) != slots:
            raise WireError(field, "has %d values for %d slots" % (len(value), slots))
        low, high = spec[1], spec[2]
        for i, v in enumerate(value):
            if type(v) is not int or not low <= v <= high:  # a name for each of hundreds would be half of the work
                _integer("%s[%d]" % (field, i), low, high, v)
        return value
    raise ValueError("unknown kind of field: " + kind)


def check_record(fields, value, prefix="", slots=None):
    """Check a JSON object against ((name, spec), ...); unknown fields are dropped."""
    if not isinstance(value, dict):
        raise WireError(prefix[:-1] or "message", "must be an object")
    out = {}
    for name, spec in fields:
        if spec[0] == "maybe":
            given = value.get(name)
            out[name] = None if given is None else check(prefix + name, spec[1], given, slots)
        elif name not in value:
            raise WireError(prefix + name, "is missing")
        else:
            out[name] = check(prefix + name, spec, value[name], slots)
        if name == "slots":
            slots = out[name]  # fields after it may be series of this length
    return out


def _integer(field, low, high, value):
    if isinstance(value, bool) or not isinstance(value, int):
        raise WireError(field, "must be an integer")
    if not low <= value <= high:
        raise WireError(field, "%d is outside %d..%d" % (value, low, high))
    return value


def _unicode(value):
    """Is the text Unicode? Half a character (a surrogate) has no UTF-8, yet MicroPython would pass it on.

    It looks at bytes: MicroPython keeps every new one-letter string for ever.
    """
    try:
        data = value.encode()
    except UnicodeError:
        return False
    for i in range(len(data) - 1):
        if data[i] == 0xED and data[i + 1] >= 0xA0:
            return False
    return True
