"""Taking the settings along: a backup, and a box that takes one up. For one request; after the second it restarts."""

from osb_box.hal import port
from osb_box.web.pieces import Text


def get(request, box, now):
    """GET /api/backup: settings and what was learned; no secrets, as they belong to this box alone."""
    from osb_box.keep import backup

    return "application/json", Text(backup(port().state_dir())), "", 200
