"""The way to the network: names, connections, the radio. What needs a radio has not run on a board yet."""

good = []  # (name, its last good address), the latest last: outlives the module that asks
_answers = [0]


def heard():
    """Somebody beyond our own radio has answered: the way there works."""
    _answers[0] = _answers[0] + 1 & 0x3FFFFFFF


def answers():
    """How often that was, so that one can see whether it has been again."""
    return _answers[0]
