"""An answer that is made while it is sent. For one request."""


class Text:
    """Pieces of text as the server reads a file."""

    def __init__(self, pieces):
        self._pieces = pieces

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pieces.close()

    def read(self, enough):
        """About so many bytes; b"" at the end."""
        text = ""
        for piece in self._pieces:
            text += piece
            if len(text) >= enough:
                break
        return text.encode()
