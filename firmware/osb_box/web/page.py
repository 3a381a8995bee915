"""GET / and GET /words: the page and its sentences, compressed when the firmware was built. For one request."""

import json

from osb_box import beside
from osb_box.web.api import Refused

_HERE = beside(__file__)


def page(request, box, now):
    """The page; 304 to a browser that has this version of it."""
    return _file(request, "page.html.gz", "text/html; charset=UTF-8")


def words(request, box, now):
    """The sentences of a language, such as /words?de."""
    name = request.query
    if not (len(name) == 2 and name.isalpha() and name == name.lower()):
        raise Refused(404, "A language has two letters, such as /words?en.")
    return _file(request, name + ".json.gz", "application/json")


def _file(request, name, kind):
    try:
        with open(_HERE + "page.json") as f:
            about = json.load(f)
        content = open(_HERE + name, "rb")
    except OSError:
        raise Refused(404, "This firmware was built without %s." % name) from None
    head = 'ETag: "%s"\r\nContent-Security-Policy: %s\r\n' % (about["tag"], about["policy"])
    if about["tag"] in request.match:
        content.close()
        return kind, b"", head, 304
    return kind, content, head + "Content-Encoding: gzip\r\n", 200
