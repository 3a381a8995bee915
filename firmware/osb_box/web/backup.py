"""Taking the settings along: a backup, and a box that takes one up. For one request; after the second it restarts."""


async def get(request, box, now):
    """GET /api/backup: settings and what was learned; no secrets, as they belong to this box alone."""
    keep = await request.load("osb_boot.atomic", "osb_box.keep")
    pieces = await request.load("osb_box.web.pieces")
    return "application/json", pieces.Text(keep.backup(box.folder)), "", 200
