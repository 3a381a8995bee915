"""Logging in with the code on the box's label, and out everywhere. For one request."""

from osb_boot.atomic import save
from osb_box.web.access import Access
from osb_box.web.api import Refused, patience, wish
from osb_box.web.listener import SINCE

_LOG_IN = (("code", ("text", 128)),)


def log_in(request, box, now):
    """POST /api/login: a session of thirty days."""
    return {"session": check(wish(_LOG_IN, request)["code"], box, now)}


def check(code, box, now):
    """A session for the right code, or Refused; guessing costs time."""
    access = Access(box.token, box.slate)
    patience(access, now)
    session = access.log_in(code, now)
    if session is None:
        raise Refused(401, "This is not the code on the box's label.")
    return session


def log_out(request, box, now):
    """POST /api/logout: every session ends, also after a restart."""
    Access(box.token, box.slate).end_all(now)
    save(box.folder + SINCE, box.slate[0], None)
    return {"ok": True}
