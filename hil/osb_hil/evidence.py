"""What a run has shown, with the code and the image it ran: rows of a table in a document, kept until run anew."""

import hashlib
import subprocess
from pathlib import Path

from osb_hil.firmware import ROOT

_BEGIN, _END = "<!-- runs: begin -->", "<!-- runs: end -->"
_HEAD = "| test | rung | result | its own time | on | firmware | UF2 |\n|---|---|---|---:|---|---|---|\n"

Row = tuple[str, ...]  # as in the table


def code() -> str:
    """The commit of the firmware, and whether it has been changed since."""

    def git(*arguments: str) -> str:
        command = ["git", *arguments, "--", "firmware", "wire"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()

    commit = git("log", "-1", "--format=%h", "--abbrev=12") or "unknown"
    return f"{commit}{', changed since' if git('status', '--porcelain') else ''}"


def image(uf2: Path) -> str:
    """The beginning of a UF2's SHA-256."""
    return hashlib.sha256(uf2.read_bytes()).hexdigest()[:16]


def record(document: Path, rows: list[Row]) -> None:
    """Put rows into the table of a document; each replaces the one of the same test and rung.

    ValueError, and the document as it was, where it has no place for them.
    """
    head, old, tail = place(document)
    known = {tuple(row[:2]): row for row in map(_cells, old.splitlines()[3:]) if len(row) == len(_cells(_HEAD))}
    known |= {row[:2]: row for row in rows}
    body = "".join(f"| {' | '.join(row)} |\n" for _, row in sorted(known.items()))
    document.write_text(f"{head}{_BEGIN}\n{_HEAD}{body}{_END}{tail}")


def place(document: Path) -> tuple[str, str, str]:
    """A document before, in and after its place for rows, asked for before a run of minutes; ValueError without one."""
    text = document.read_text() if document.is_file() else ""
    head, begin, rest = text.partition(_BEGIN)
    old, end, tail = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{document} has no place for runs: {_BEGIN}, {_END} on a line of its own each")
    return head, old, tail


def _cells(line: str) -> Row:
    return tuple(cell.strip() for cell in line.split("\n")[0].strip("| ").split("|"))
