"""The table of docs/api.md is that of the box, and the page asks for nothing that is not in it."""

import re

from osb_hil.firmware import ROOT, SITE

SOURCE = (ROOT / "firmware" / "osb_box" / "web" / "api.py").read_text()
ROUTES = dict(
    re.match(r"(\S+) \S+ \S+ (.+)", line).groups()
    for line in re.search(r'ROUTES = """\n(.*?)"""', SOURCE, re.S).group(1).splitlines()
)
DOCS = (ROOT / "docs" / "api.md").read_text()


def test_every_path_is_documented_with_its_methods():
    told = {
        path: methods.replace(",", "") for path, methods in re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", DOCS, re.M)
    }
    assert told == ROUTES


def test_the_page_asks_for_what_there_is():
    script = "".join(path.read_text() for path in (ROOT / "firmware" / SITE).glob("*.js"))
    asked = set(re.findall(r'["`](/(?:api/)?\w+)["`?]', script))
    assert asked - ROUTES.keys() == set()
    assert {"/api/live", "/api/setup", "/api/privacy", "/api/reset"} <= asked
