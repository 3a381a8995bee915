"""The local API as docs/architecture.md lists it: what the home does, and the household's two wishes."""

import gc
import json

from micropython import const

from osb_box.web.server import Refused
from osb_wire.fields import check_record

_OVERRIDE = (("target_mc", ("int", 10000, 28000)), ("minutes", ("int", 0, 1440)))
_CAR = (("km", ("int", 0, 1000)), ("by", ("int", 1500000000, 4102444800)))
_CAR_AHEAD_S = const(7 * 86400)
_PAGE = __file__.rsplit("/", 1)[0] + "/page.html"
_JSON = "application/json"


class Api:
    """`box` gives status(now) -> dict; `controller` and `cycle` carry out what the household asks for."""

    def __init__(self, box, clock, controller, cycle, home, token):
        self._box = box
        self._clock = clock
        self._controller = controller
        self._cycle = cycle
        self._home = home
        self._authorization = "Bearer " + token
        self._routes = {
            "/": ("GET", self._page),
            "/api/status": ("GET", self._status),
            "/api/override": ("POST", self._override),
            "/api/car": ("POST", self._car),
        }

    def answer(self, request):
        """(content type, content) of a request, or Refused."""
        method, route = self._routes.get(request.path, (None, None))
        if route is None:
            raise Refused(404, "There is nothing at %s." % request.path)
        if request.method != method:
            raise Refused(405, "%s takes %s only." % (request.path, method))
        return route(request)

    def refuse(self, sentence):
        """(content type, content) of a refusal."""
        return _answer({"error": sentence})

    def _page(self, request):
        return "text/html; charset=UTF-8", open(_PAGE, "rb")

    def _status(self, request):
        gc.collect()
        status = self._box.status(self._clock.now())
        status["heap_free"] = gc.mem_free()
        if request.query == "heap=1":
            status["heap_largest"] = largest_block()
        return _answer(status)

    def _override(self, request):
        wish, now = self._wish(request, _OVERRIDE), self._clock.now()
        if "heat_pump" not in self._home:
            raise Refused(400, "This home has no heating that the box controls.")
        return self._grant(self._controller.override, wish["target_mc"], wish["minutes"], now)

    def _car(self, request):
        wish, now = self._wish(request, _CAR), self._clock.now()
        if "ev" not in self._home:
            raise Refused(400, "This home has no car charger that the box controls.")
        if not now < wish["by"] <= now + _CAR_AHEAD_S:
            raise Refused(400, "by: must be a time within the next 7 days, in Unix seconds.")
        return self._grant(self._controller.car, wish["km"], wish["by"], now)

    def _wish(self, request, fields):
        """What is asked for, if it is asked by somebody who may."""
        if request.authorization != self._authorization:
            raise Refused(401, "Authorization: must be 'Bearer <token>' with this box's token.")
        try:
            body = json.loads(request.body.decode())
        except ValueError:
            raise Refused(400, "The body is not JSON.") from None
        try:
            return check_record(fields, body)
        except ValueError as e:
            raise Refused(400, "%s." % e) from None

    def _grant(self, carry_out, *wish):
        try:
            carry_out(*wish)
        except ValueError as e:
            raise Refused(400, "%s." % e) from None
        self._cycle.kick()
        return _answer({"ok": True})


def _answer(value):
    return _JSON, json.dumps(value).encode()


def largest_block():
    """The largest allocation that succeeds now [B], to 1 kB."""
    gc.collect()
    size = gc.mem_free() // 1024
    while size:
        try:
            bytearray(size * 1024)
            return size * 1024
        except MemoryError:
            size -= 1
    return 0
