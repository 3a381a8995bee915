"""What happened lately: resets, the Wi-Fi's stages, refusals; without a secret. For one request."""

from osb_box import said


def get(request, box, now):
    """GET /api/log: {"lines": [[time or 0, text]]}, the oldest first."""
    return {"lines": lines()}


def lines():
    """[[time [Unix s], or 0 while it was not known yet, text]], the oldest first."""
    found = []
    for line in bytes(said.ring[: said.state[0]]).split(b"\n")[:-1]:
        t, _, text = line.partition(b" ")
        found.append([int(t), text.decode("utf-8", "ignore")])
    return found
