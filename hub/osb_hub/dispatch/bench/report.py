"""Measure dispatch at the sizes of docs/benchmarks.md and write the table there: `make bench-dispatch`.

Every figure comes from a process of its own that ran `vpp bench dispatch`; HiGHS is measured in the same process as
what it is compared with. A first small run fills the compiler's cache: what is measured is a second start.
"""

import argparse
import json
import math
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from osb_hub.dispatch.bench.machine import machine

Run = dict[str, Any]

BEGIN, END = "<!-- dispatch figures: begin -->", "<!-- dispatch figures: end -->"
SIZES = (10, 100, 1_000, 10_000, 100_000, 400_000)
LEVELS = ("feeder", "home", "peak")
REFERENCE_UP_TO = 100
_FROM_HOMES = 1_000  # the growth exponent counts from here
_VPP = "from osb_hub.cli import main; main()"


def main() -> None:
    """Run the sizes that were asked for; keep each run's JSON; write the table."""
    parser = argparse.ArgumentParser(description="Measure dispatch and write the table of docs/benchmarks.md.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="HOMES")
    parser.add_argument("--levels", nargs="+", choices=LEVELS, default=LEVELS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reference-up-to", type=int, default=REFERENCE_UP_TO, metavar="HOMES")
    parser.add_argument("--reference-limit", type=float, default=600.0, metavar="S")
    parser.add_argument("--runs", type=Path, default=Path("out/bench-dispatch"), help="folder of the JSON of each run")
    parser.add_argument("--doc", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--only-write", action="store_true", help="write the table from the runs that are there")
    asked = parser.parse_args()
    asked.runs.mkdir(parents=True, exist_ok=True)
    if not asked.only_write:
        for solver in ("linprog", "structured"):
            measure(["--homes", "10", "--solver", solver], asked.runs / ".first.json")
        for homes in asked.sizes:
            for levels in asked.levels:
                options = ["--homes", str(homes), "--levels", levels, "--seed", str(asked.seed)]
                if homes <= asked.reference_up_to:
                    options += ["--reference", "--reference-limit", str(asked.reference_limit)]
                print(f"{homes} homes, {levels} ...", flush=True)
                try:
                    measure(options, asked.runs / f"{levels}-{homes}.json")
                except subprocess.CalledProcessError as error:  # the other sizes still count
                    print(f"{homes} homes, {levels}: {error}", flush=True)
    files = sorted(asked.runs.glob("[!.]*.json"))
    runs = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    asked.doc.write_text(filled(asked.doc.read_text(encoding="utf-8"), tables(runs)), encoding="utf-8")
    print(f"{len(runs)} runs are in {asked.doc}.")


def measure(options: Sequence[str], file: Path) -> None:
    """One run in a fresh process. CalledProcessError where it fails."""
    command = [sys.executable, "-c", _VPP, "bench", "dispatch", *options, "--json", str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def filled(text: str, inside: str) -> str:
    """The document with `inside` between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{inside}\n{END}{after}"


def tables(runs: Iterable[Run]) -> str:
    """Everything between the marks."""
    runs = sorted(runs, key=lambda run: (LEVELS.index(run["levels"]), run["homes"]))
    machines = "; ".join(sorted({run["machine"] for run in runs})) or machine()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "numba"))
    parts = [
        f"Machine: {machines}. Python {platform.python_version()}, {packages}. Written {date.today().isoformat()}.",
        _table(
            "homes levels stores columns solver total read compile build solve certify write CPU peak iter gap savings",
            "- - - - - s s s s s s s s GB - - -",
            map(_row, runs),
        ),
        _growth(runs),
    ]
    compared = [run for run in runs if run.get("reference")]
    if compared:
        parts.append(_table("homes levels dispatch HiGHS seconds status ratio", "- - s - s - -", _ratios(compared)))
    return "\n\n".join(part for part in parts if part)


def _row(run: Run) -> list[str]:
    parts = ("total_s", "read_s", "compile_s", "build_s", "solve_s", "certify_s", "write_s")
    seconds = [f"{run[name]:.2f}" for name in parts]
    whole = [f"{run[name]:,}" for name in ("stores", "columns")]
    gaps = ["-" if run[name] is None else f"{run[name]:.1e}" for name in ("gap", "gap_of_savings")]
    memory = f"{run['peak_rss_mb'] / 1000:.1f}"
    found = [run["solver"] if run["status"] == "optimal" else f"{run['solver']}, {run['status']}"]
    return [
        *(f"{run['homes']:,}", run["levels"], *whole, *found, *seconds),
        *(f"{run['cpu_s']:.2f}", memory, str(run["iterations"]), *gaps),
    ]


def _ratios(runs: Iterable[Run]) -> Iterable[list[str]]:
    """One row per method of HiGHS; where it did not finish, the ratio is at least so much."""
    for run in runs:
        for one in run["reference"]:
            sign = "" if one["status"] == "optimal" else "> "
            ratio = one["seconds"] / run["total_s"]
            yield [
                *(f"{run['homes']:,}", run["levels"], f"{run['total_s']:.2f}", one["method"]),
                *(f"{one['seconds']:.2f}", one["status"], f"{sign}{ratio:.1f}"),
            ]


def _growth(runs: Iterable[Run]) -> str:
    """How the time grows with the number of homes: total ~ homes^exponent."""
    told = []
    for levels in LEVELS:
        sizes = sorted((run["homes"], run["total_s"]) for run in runs if run["levels"] == levels)
        sizes = [one for one in sizes if one[0] >= _FROM_HOMES]
        if len(sizes) > 1:
            (few, soon), (many, late) = sizes[0], sizes[-1]
            exponent = math.log(late / soon) / math.log(many / few)
            told.append(f"{exponent:.2f} from {few:,} to {many:,} homes ({levels})")
    return f"Growth exponent of the total: {'; '.join(told)}." if told else ""


def _table(names: str, units: str, rows: Iterable[Sequence[str]]) -> str:
    pairs = zip(names.split(), units.split(), strict=True)
    head = [name if unit == "-" else f"{name} [{unit}]" for name, unit in pairs]
    lines = [head, ["---:"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
