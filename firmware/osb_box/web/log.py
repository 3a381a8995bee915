"""GET /api/log: what happened lately, without a secret. For one request."""

from osb_box.log import lines


def get(request, box, now):
    """{"lines": [[time or 0, text]]}, the oldest first."""
    return {"lines": lines()}
