"""GET /api/privacy: what leaves the home and what stays, by the rules that the box itself obeys. For one request."""

from osb_box.cycle import stays_home


async def get(request, box, now):
    """Names of points that are sent and that are not, kinds of messages to the hub, and who else is spoken to."""
    cycle = box.cycle
    names = cycle.points.names()
    link = cycle.link
    out = {
        "hub": None,
        "sent": [],
        "kept": names,
        "messages": [],
        "home_assistant": box.others[1],
        "updates": box.others[2],
    }
    if link:
        topics = await request.load("osb_wire.fields", "osb_wire.topics")
        out["hub"] = {"host": box.others[0], "connected": link.connected}
        out["sent"] = [name for name in names if not stays_home(name)]
        out["kept"] = [name for name in names if stays_home(name)]
        out["messages"] = [topic.rsplit("/", 1)[1] for topic in topics.FROM_BOXES]
    return out
