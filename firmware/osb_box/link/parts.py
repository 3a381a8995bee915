"""A message in JSON, in parts: memory that has been in use for long has no piece for all of it. For one message."""

import json

from micropython import const

_BYTES = const(512)  # of a part at least


def in_parts(message):
    """Generator, a rest at each `yield`: comes to the JSON of an object as a list of bytes, and takes it apart."""
    parts, text = [], ""
    for piece in _pieces(message):
        text += piece
        if len(text) >= _BYTES:
            parts.append(text.encode())
            text = ""
            yield
    parts.append(text.encode())
    return parts


def _pieces(value):
    """The JSON of a value, cut where a field of an object begins and ends."""
    if isinstance(value, dict):
        before = "{"
        for key in tuple(value):
            yield '%s"%s": ' % (before, key)
            yield from _pieces(value.pop(key))
            before = ", "
        yield "}"
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        before = "["
        for one in value:
            yield before
            yield from _pieces(one)
            before = ", "
        yield "]"
    else:
        yield json.dumps(value)
