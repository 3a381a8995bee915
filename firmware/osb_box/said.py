"""What happened lately: a few hundred bytes that are taken once. Who wants to read them asks web/log.py.

Whoever adds a line says what happened in words of our own: no password, code or key is ever part of one.
"""

from micropython import const

_LINE = const(100)

ring = bytearray(768)
state = [0, None]  # bytes in use, the clock once there is one


def say(text):
    """Print a line and keep it; the oldest lines make room."""
    print(text)
    used, clock = state
    line = b"%d %s\n" % (clock.now() if clock else 0, text.replace("\n", " ").encode()[:_LINE])
    while used + len(line) > len(ring):
        end = ring.find(b"\n") + 1
        ring[: used - end] = ring[end:used]
        used -= end
    ring[used : used + len(line)] = line
    state[0] = used + len(line)
