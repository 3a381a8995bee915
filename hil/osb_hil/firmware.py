"""The firmware as a board gets it, compiled to `.mpy`, and the MicroPython VM that runs it on this machine."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "firmware"
TIERS = json.loads((ROOT / "boards" / "tiers.json").read_text())  # what boards of a tier can hold


class MissingTool(RuntimeError):
    """A tool that the bench needs is not on this machine."""


def micropython() -> list[str]:
    """Command that starts the MicroPython unix VM: the pinned wheel's, else one on PATH."""
    beside = Path(sys.executable).parent / "micropython"
    found = str(beside) if beside.exists() else shutil.which("micropython")
    if found is None:
        raise MissingTool("no micropython found: install the `bench` extra, or a micropython >= 1.28 on PATH")
    return [found]


def build(tier: str = "core", target: Path | None = None) -> Path:
    """Compile what boards of a tier get of firmware/ and wire/ to `.mpy`, only what changed; returns the folder.

    Raises MissingTool without mpy-cross, ValueError naming the file that does not compile.
    """
    target = target or BUILD / tier
    without = tuple(TIERS[tier]["without"])  # paths of files, and of folders with a slash at the end
    sources = {
        path.relative_to(ROOT / base): path
        for base in ("firmware", "wire")
        for path in (ROOT / base).rglob("*.*")
        if not path.relative_to(ROOT / base).as_posix().startswith(without)
    }
    wanted: dict[Path, Path] = {}
    for name, source in sources.items():
        if name.suffix == ".py":
            plain = name.name in ("main.py", "boot.py")
            wanted[target / (name if plain else name.with_suffix(".mpy"))] = source
        elif name.suffix in (".json", ".html", ".gz"):
            wanted[target / name] = source
    if target.exists():
        for old in target.rglob("*.*"):
            if old.is_file() and old not in wanted:
                old.unlink()
    with ThreadPoolExecutor() as pool:
        list(pool.map(_make, wanted.keys(), wanted.values()))
    return target


def _make(target: Path, source: Path) -> None:
    """Compile or copy one file if it is older than its source."""
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix != ".mpy":
        shutil.copyfile(source, target)
        return
    cross = Path(sys.executable).parent / "mpy-cross"
    tool = str(cross) if cross.exists() else shutil.which("mpy-cross")
    if tool is None:
        raise MissingTool("no mpy-cross found: install the `bench` extra")
    done = subprocess.run(
        [tool, str(source), "-s", source.name, "-o", str(target)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(f"{source} does not compile for MicroPython: {done.stderr.strip()}")
