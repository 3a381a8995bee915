"""The household's page as a board serves it: one compressed file, its languages beside it, and what may run in it."""

import base64
import hashlib
import json
import re
from pathlib import Path

from rjsmin import jsmin
from zopfli import gzip

from osb_hil.once import once

_LINKED = re.compile(r'<(?:link rel="stylesheet" href|script src)="([^"/]+)">(?:</script>)?\n')
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def pages(site: Path) -> dict[str, bytes]:
    """{file name: content} made of the folder `site`: index.html with what it links, and words/<language>.json.

    `page.json` holds the page's tag (ETag) and its Content-Security-Policy, which lets run nothing but its own text.
    """
    html = (site / "index.html").read_text()
    linked = _LINKED.findall(html)
    style = "".join(_tight(site / name) for name in linked if name.endswith(".css"))
    script: str = jsmin("".join((site / name).read_text() for name in linked if name.endswith(".js")))
    page = _LINKED.sub("", html).replace("</head>", f"<style>{style}</style>\n</head>")
    page = page.replace("</body>", f"<script>{script}</script>\n</body>")
    made = {"page.html": page.encode()}
    for words in sorted((site / "words").glob("*.json")):
        made[words.name] = json.dumps(json.loads(words.read_text()), ensure_ascii=False, separators=(",", ":")).encode()
    tag = hashlib.sha256(b"".join(made.values())).hexdigest()[:12]
    out = {name + ".gz": once(content, _squeezed) for name, content in made.items()}
    policy = _POLICY.format(script=_hash(script), style=_hash(style))
    return {**out, "page.json": json.dumps({"tag": tag, "policy": policy}).encode()}


def _squeezed(content: bytes) -> bytes:
    squeezed: bytes = gzip.compress(content)
    return squeezed


def _tight(source: Path) -> str:
    """Without indentation, empty lines and lines of comment."""
    lines = (line.strip() for line in source.read_text().split("\n"))
    return "".join(line + "\n" for line in lines if line and not line.startswith("/*"))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
