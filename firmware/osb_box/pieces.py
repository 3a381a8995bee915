"""JSON that is made while it is sent, or in parts: it has no room in memory as one text. For one message or request."""

import json

from micropython import const

_PART = const(512)  # bytes of a part at least


def of(value, deep=False):
    """Pieces of the JSON of an object, the items of its lists one by one, lists of numbers whole.

    `deep`: the fields of objects in its lists one by one, too; it takes a chip longer.

    A list may be a generator, so that it has not to be in memory as a whole either; what is "" of it is no item, but a
    moment for others, as an empty piece is.
    """
    if not isinstance(value, dict):
        yield json.dumps(value)
        return
    comma = "{"
    for key in value:
        yield '%s"%s": ' % (comma, key)
        comma = ", "
        field = value[key]
        made = hasattr(field, "send")
        if made or (isinstance(field, list) and field and not isinstance(field[0], int)):
            between = "["
            for item in field:
                if made and item == "":
                    yield item
                    continue
                if deep:
                    yield between
                    yield from of(item)
                else:
                    yield between + json.dumps(item)
                between = ", "
            yield "[]" if between == "[" else "]"
        else:
            yield json.dumps(field)
    yield "{}" if comma == "{" else "}"


def parts(value):
    """Generator, a rest at each `yield`: comes to the same JSON as a list of bytes."""
    text, found = Text(of(value, True)), []
    while True:
        part = text.read(_PART)
        if not part:
            return found
        found.append(part)
        yield


class Text:
    """Pieces of text as the server reads a file."""

    def __init__(self, pieces):
        self._pieces = pieces

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pieces.close()

    def read(self, enough):
        """About so many bytes; b"" at the end, None for a moment without any."""
        text = ""
        for piece in self._pieces:
            text += piece
            if len(text) >= enough or not piece:
                return text.encode() or None
        return text.encode()
