"""`make bench-box`: measure, write docs/benchmarks.md, and refuse what has become worse than `stored.json` by 5 %.

`--keep` stores what was measured as the new budgets.
"""

import argparse
import json
import sys
from pathlib import Path

from osb_hil import evidence
from osb_hil.budgets import busy_home, chip, garbage, memory, wear, work, year
from osb_hil.budgets.limits import refused, table
from osb_hil.firmware import ROOT, MissingTool, build, compiled
from osb_hil.targets import MissingTarget
from osb_hil.targets.pico import uf2

STORED = Path(__file__).parent / "stored.json"
DOCS = ROOT / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- box figures: begin -->", "<!-- box figures: end -->"


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 names what became worse, 2 what is missing on this machine."""
    parser = argparse.ArgumentParser(prog="make bench-box", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="store what is measured as the budgets")
    parser.add_argument("--only", choices=("vm", "pico", "pico_w"), action="append", help="measure this alone")
    asked = parser.parse_args(arguments)
    rungs = asked.only or ["vm", "pico", "pico_w"]
    try:
        code = evidence.code()  # now: the sources may change while it measures
        found = _measured(rungs)
    except MissingTool as missing:
        print(missing, file=sys.stderr)
        return 2
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    worse = refused(stored, found)
    _write(found, code)
    for sentence in worse:
        print(sentence, file=sys.stderr)
    if asked.keep:
        STORED.write_text(json.dumps({**stored, **found}, indent=1) + "\n")
    return 1 if worse and not asked.keep else 0


def _measured(rungs: list[str]) -> dict[str, dict[str, float]]:
    tree = compiled("core")
    found: dict[str, dict[str, float]] = {}
    if "vm" in rungs:
        found["vm"] = memory.sizes(tree, build("core")) | busy_home.heap() | garbage.collected()
        found["vm"] |= work.by_crc(tree) | busy_home.holds(tree)
        for hub in (True, False):
            name = "with a hub" if hub else "without a hub, all journaled"
            found["vm"] |= {f"{what}, {name}": value for what, value in wear.measure(tree, hub).items()}
        found["vm"] |= year.measure(tree)
    for rung in ("pico", "pico_w"):
        if rung in rungs:
            try:
                found[rung] = chip.measure(rung, tree)
            except MissingTarget as missing:
                print(f"{rung}: {missing}", file=sys.stderr)
    return found


def _write(found: dict[str, dict[str, float]], code: str) -> None:
    """The tables, between their marks in docs/benchmarks.md; rungs that were not measured keep theirs."""
    text = DOCS.read_text()
    if _BEGIN not in text:
        text += f"\n## Box\n{_BEGIN}\n{_END}\n"
    head, _, rest = text.partition(_BEGIN)
    old, _, tail = rest.partition(_END)
    tables = dict(part.split("\n", 1) for part in old.strip().split("### ")[1:])
    tables = {title.split(":")[0]: f"{title}\n{body}" for title, body in tables.items()}
    for rung, figures in found.items():
        image = "" if rung == "vm" else f", UF2 {evidence.image(uf2(rung))}"
        title = f"{rung}: `python -m osb_hil.budgets --only {rung}`, firmware of commit {code}{image}"
        tables[rung] = f"{title}\n\n{table(figures)}"
    body = "\n".join(f"### {table.strip()}\n" for _, table in sorted(tables.items()))
    DOCS.write_text(f"{head}{_BEGIN}\n{body}{_END}{tail}")


if __name__ == "__main__":
    sys.exit(main())
