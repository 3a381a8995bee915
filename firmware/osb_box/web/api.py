"""The local API as docs/architecture.md lists it: who may ask, what the home does, and the household's wishes."""

import gc
import json

from micropython import const

from osb_box import VERSION, forget, hal
from osb_box.web.access import Access

_OVERRIDE = (("target_mc", ("int", 10000, 28000)), ("minutes", ("int", 0, 1440)))
_CAR = (("km", ("int", 0, 1000)), ("by", ("int", 1500000000, 4102444800)))
_CAR_AHEAD_S = const(7 * 86400)
_LOG_IN = (("code", ("text", 128)),)
_METHODS = {"/": "GET", "/api/status": "GET", "/metrics": "GET"}
_METHODS.update({"/api/" + name: "POST" for name in ("login", "logout", "override", "car")})
_PAGE = __file__.rsplit("/", 1)[0] + "/page.html"


class Refused(Exception):
    """The request gets this `status` and `sentence` instead of what it asked for."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def answer(request, box):
    """(content type, bytes or an open file) of a request, or Refused; `box` is the Listener."""
    path = request.path
    method = _METHODS.get(path)
    if method is None:
        raise Refused(404, "There is nothing at %s." % path)
    if request.method != method:
        raise Refused(405, "%s takes %s only." % (path, method))
    if path == "/":
        return "text/html; charset=UTF-8", open(_PAGE, "rb")
    now = box.cycle.clock.now()
    access = Access(box.token, box.slate)
    try:
        if path == "/api/login":
            return as_json({"session": _log_in(access, request.body, now)})
        _let_in(access, request.authorization, now)
        if path == "/api/status":
            return as_json(_status(box, request.query == "heap=1"))
        if path == "/metrics":
            return _metrics(box, now)
        if path == "/api/logout":
            access.end_all(now)
            _keep_since(box)
        else:
            _grant(path, request.body, box.cycle)
    except ValueError as e:
        raise Refused(400, "%s." % e) from None
    return as_json({"ok": True})


def _let_in(access, authorization, now):
    """The one place that decides who may read and change anything."""
    if not access.allows(authorization, now):
        if access.wait_s(now):
            _too_often(access, now)
        raise Refused(401, "Authorization: must be 'Bearer <session>': log in with the code on the box's label.")


def _too_often(access, now):
    raise Refused(429, "Too many wrong codes: try again in %d seconds." % access.wait_s(now))


def _log_in(access, body, now):
    code = _wish(_LOG_IN, body)["code"]
    if access.wait_s(now):
        _too_often(access, now)
    session = access.log_in(code, now)
    if session is None:
        raise Refused(401, "This is not the code on the box's label.")
    return session


def as_json(value):
    """(content type, content) of an answer in JSON."""
    return "application/json", json.dumps(value).encode()


def _status(box, measure):
    gc.collect()
    heap_free = gc.mem_free()
    heap_largest = _largest_block() if measure else None
    cycle = box.cycle
    now, outbox, link = cycle.clock.now(), cycle.outbox, cycle.link
    status = {
        "box_id": box.box_id,
        "t": now,
        "points": [cycle.points.row(name, now) for name in cycle.points.names()],
        "control": cycle.controller.state(now),
        "link": None,
        "outbox": {
            "epoch": outbox.epoch,
            "messages": outbox.messages,
            "readings": outbox.readings,
            "pending": outbox.pending(),
            "dropped": outbox.dropped,
        },
        "devices": cycle.devices.errors(),
        "firmware": _version(cycle.updates),
        "errors": {"tasks": box.supervisor.errors(), "stages": cycle.errors},
        "heap_free": heap_free,
    }
    if link:
        status["link"] = {
            "connected": link.connected,
            "last_error": link.last_error,
            "refused": link.refused,
            "last_refused": link.last_refused,
        }
    if measure:
        status["heap_largest"] = heap_largest
    return status


def _keep_since(box):
    try:
        from osb_box.state import save

        save(box.since_path, box.slate[0], None)
    finally:
        forget("osb_box.state")


def _metrics(box, now):
    try:
        from osb_box.web.metrics import metrics

        points, outbox = box.cycle.points, box.cycle.outbox
        gauges = {
            "heap_free_bytes": gc.mem_free(),
            "outbox_pending": outbox.pending(),
            "outbox_dropped": outbox.dropped,
            "hub_connected": 1 if box.cycle.link and box.cycle.link.connected else 0,
        }
        content = metrics([points.row(name, now) for name in points.names()], gauges)
        return "text/plain; version=0.0.4; charset=UTF-8", content
    finally:
        forget("osb_box.web.metrics")


def _version(updates):
    """Which version runs, what happened to the last one, and how the last look for a newer one ended."""
    try:
        from osb_boot import slots

        version = slots.state(hal.port().state_dir())
    finally:
        forget("osb_boot.slots", "osb_boot.atomic")
        hal.leave()
    version["version"] = VERSION
    version["looked"] = updates.said if updates else None
    return version


def _grant(path, body, cycle):
    """Do what the household asks for; ValueError is a sentence without its full stop."""
    override = path == "/api/override"
    wish, now = _wish(_OVERRIDE if override else _CAR, body), cycle.clock.now()
    role, what = ("heat_pump", "heating") if override else ("ev", "car charger")
    if role not in [actuator["actuator"] for actuator in cycle.controller.actuators()]:
        raise ValueError("This home has no %s that the box controls" % what)
    if override:
        cycle.controller.override(wish["target_mc"], wish["minutes"], now)
    else:
        if not now < wish["by"] <= now + _CAR_AHEAD_S:
            raise ValueError("by: must be a time within the next 7 days, in Unix seconds")
        cycle.controller.car(wish["km"], wish["by"], now)
    cycle.kick()


def _wish(fields, body):
    try:
        wish = json.loads(body.decode())
    except ValueError:
        raise ValueError("The body is not JSON") from None
    try:
        from osb_wire.fields import check_record

        return check_record(fields, wish)
    finally:
        forget("osb_wire.fields")


def _largest_block():
    """The largest allocation that succeeds now [B], to 1 kB."""
    size = gc.mem_free() // 1024
    while size:
        try:
            bytearray(size * 1024)
            return size * 1024
        except MemoryError:
            size -= 1
    return 0
