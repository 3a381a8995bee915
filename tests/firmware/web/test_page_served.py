"""The page as it travels: compressed, asked for again by its tag, and with nothing allowed that is not its own."""

import base64
import gzip
import hashlib
import json
import re

from osb_hil.firmware import ROOT, SITE
from osb_hil.page import pages

MOST_BYTES = 24 * 1024  # of the page with all its languages


def test_it_is_small_with_all_its_languages():
    made = pages(ROOT / "firmware" / SITE)
    assert len(made["page.html.gz"]) <= MOST_BYTES
    assert max(len(content) for name, content in made.items() if name != "page.html.gz") <= MOST_BYTES // 2
    assert {name for name in made if len(name) == 10} == {
        f"{lang}.json.gz" for lang in ("da", "de", "en", "fr", "nl", "sv")
    }
    assert gzip.decompress(made["page.html.gz"]).rstrip().endswith(b"</html>")


def test_it_travels_compressed_and_only_once(stranger):
    answer = stranger.get("/")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text.startswith("<!doctype html>")
    again = stranger.get("/", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert stranger.get("/", headers={"If-None-Match": '"of-an-older-version"'}).status_code == 200


def test_nothing_runs_in_it_but_its_own_text(stranger):
    answer = stranger.get("/")
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    for element, directive in (("script", "script-src"), ("style", "style-src")):
        (text,) = re.findall(f"<{element}>(.*?)</{element}>", answer.text, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"
    assert not re.search(r"<\w+[^>]* (?:on\w+|style)=", answer.text)  # the policy would forbid them
    for header, value in (
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ):
        assert answer.headers[header] == value
        assert stranger.get("/api/status").headers[header] == value


def test_it_needs_nothing_from_elsewhere(stranger):
    text = stranger.get("/").text.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.M)


def test_languages_come_as_they_are_asked_for(stranger):
    words = stranger.get("/words?de")
    assert words.json() == json.loads((ROOT / "firmware" / SITE / "words" / "de.json").read_text())
    assert words.headers["content-encoding"] == "gzip"
    assert stranger.get("/words?de", headers={"If-None-Match": words.headers["etag"]}).status_code == 304
    for strange in ("/words", "/words?xx", "/words?..", "/words?../../config", "/words?EN"):
        assert stranger.get(strange).status_code == 404
