"""An answer that is made while it is sent. For one request."""

import json


def of(value):
    """Pieces of the JSON of an object, the items of its lists one by one; it has no room in memory as one text.

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
        made = hasattr(value[key], "send")
        if made or isinstance(value[key], list):
            between = "["
            for item in value[key]:
                if made and item == "":
                    yield item
                    continue
                yield between + json.dumps(item)
                between = ", "
            yield "[]" if between == "[" else "]"
        else:
            yield json.dumps(value[key])
    yield "{}" if comma == "{" else "}"


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
