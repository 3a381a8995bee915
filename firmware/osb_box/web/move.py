"""Moving house, and a new owner. For one request; the box forgets who lived here when it restarts after it."""

import asyncio

from osb_box import leave
from osb_box.setup.reboot import reboot
from osb_box.web.api import wish
from osb_box.web.session import check, log_out

_RESET = (("code", ("text", 128)), ("leave", ("one", ("house", "owner"))))


def reset(request, box, now):
    """POST /api/reset {"code", "leave"}: "house" when the household moves with the box, "owner" when the box stays."""
    asked = wish(_RESET, request)
    check(asked["code"], box, now)
    log_out(request, box, now)
    leave.mark(box.folder, asked["leave"] == "owner")  # done at the next start, whatever the power does
    asyncio.create_task(reboot("the household has left", None))
    return {"ok": True}
