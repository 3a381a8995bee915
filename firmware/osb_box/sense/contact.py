"""The grid operator's volt-free contact to ground: closed asks for less. It has no memory: what counts is each look."""


class Contact:
    """`pin` is hal's, pulled up: 0 is closed."""

    def __init__(self, pin):
        self._pin = pin

    async def values(self, bus):
        return {"dim": 1 - self._pin.value()}
