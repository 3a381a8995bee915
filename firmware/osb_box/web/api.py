"""The local API as docs/api.md lists it: what there is, who may ask, and which module answers.

A module is loaded for one request and forgotten after it. Its function takes (request, box, now), `box` being the
Listener, and returns what is sent as JSON, or (content type, content, more header lines, status); content is bytes, or
something whose `read` gives it in parts, or None for what live.py sends. It may be a coroutine, which loads what else
it needs by `request.load`. ValueError is a sentence without full stop.
"""

import json
import sys

from osb_box import forget

ROUTES = """
/ page page GET
/words page words GET
/metrics metrics get GET
/api/login session log_in POST
/api/logout session log_out POST
/api/status status get GET
/api/live live get GET
/api/override wishes override POST
/api/car wishes car POST
/api/comfort seams comfort GET POST
/api/ahead seams ahead GET
/api/events seams events GET POST
/api/setup seams setup GET POST
/api/history past history GET
/api/log log get GET
/api/savings past savings GET
/api/privacy privacy get GET
/api/backup backup get GET
/api/restore restore post POST
/api/reset move reset POST
"""  # path, module, function, methods: one text, as a table of objects would be three times its size
_OPEN = ("/", "/words", "/api/login")  # to whoever is in the home's network
LONG = "/api/restore"  # its body may be long, and is left to its function


class Refused(Exception):
    """The request gets this `status` and `sentence` instead of what it asked for."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


async def answer(request, box):
    """(content type, content, more header lines, status) of a request, or Refused."""
    path = request.path
    at = -1 if " " in path or not path.startswith("/") else ROUTES.find("\n" + path + " ")
    if at < 0 and box.portal:  # a phone that looks whether there is an internet here
        return "text/html", b"", "Location: http://%s/\r\n" % box.portal, 302
    if at < 0:
        raise Refused(404, "There is nothing at %s." % path)
    _, module, function, methods = ROUTES[at + 1 : ROUTES.find("\n", at + 1)].split(" ", 3)
    if request.method not in methods.split(" "):
        raise Refused(405, "%s takes %s only." % (path, methods.replace(" ", " and ")))
    now = box.cycle.clock.now()
    try:
        if path not in _OPEN:
            _let_in(await request.load("osb_box.web.access"), box, request.authorization, now)
            await request.leave()
        module = await request.load("osb_box.web." + module)
        made = getattr(module, function)(request, box, now)
        if hasattr(made, "send"):
            made = await made
    except ValueError as e:
        raise Refused(400, "%s." % e) from None
    except (TypeError, KeyError, IndexError, AttributeError) as e:  # a wish of a shape that nobody has thought of
        sys.print_exception(e)
        raise Refused(500, "The box cannot do that: %s." % e) from None
    finally:
        await request.leave()
    return made if isinstance(made, tuple) else as_json(made)


def _let_in(module, box, authorization, now):
    """The one place that decides who may read and change anything; `module` is access.py."""
    access = module.Access(box.token, box.slate)
    if not access.allows(authorization, now):
        patience(access, now)
        raise Refused(401, "Authorization: must be 'Bearer <session>': log in with the code on the box's label.")


def patience(access, now):
    """Refused while codes may not be tried."""
    if access.wait_s(now):
        raise Refused(429, "Too many wrong codes: try again in %d seconds." % access.wait_s(now))


def as_json(value, status=200):
    """(content type, content, more header lines, status) of an answer in JSON."""
    return "application/json", json.dumps(value).encode(), "", status


def parsed(request):
    """The JSON of a request's body; ValueError."""
    try:
        return json.loads(request.body.decode())
    except ValueError:
        raise ValueError("The body is not JSON") from None


def wish(fields, request):
    """The checked record of a request's body; ValueError names the field."""
    given = parsed(request)
    try:
        from osb_wire.fields import check_record

        return check_record(fields, given)
    finally:
        forget("osb_wire.fields")
