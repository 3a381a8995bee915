"""Another version of the project beside this one, as somebody has it who has taken the next: its own `flash.sh`."""

import os
import shutil

from osb_hil.firmware import ROOT

PARTS = ("Makefile", "pyproject.toml", "constraints.txt", "flash.sh", "boards", "firmware", "hil", "wire", "build")
VERSION = "9.8.7"


def next_version(folder):
    """A checkout whose firmware has another version, set up already; what is built there is its own."""
    done = (ROOT / ".venv" / ".done").stat().st_mtime
    late = [name for name in ("pyproject.toml", "constraints.txt") if (ROOT / name).stat().st_mtime > done]
    assert not late, f"{late} changed after `make setup`: its flash.sh would set up this checkout's .venv for itself"
    folder.mkdir()
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.lock"))
        elif (ROOT / name).exists():
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    source = folder / "firmware" / "osb_box" / "__init__.py"
    text = source.read_text()
    now = text.split('VERSION = "')[1].split('"')[0]
    source.write_text(text.replace(f'VERSION = "{now}"', f'VERSION = "{VERSION}"'))
    return folder


def environment(checkout):
    """For its flash.sh: set up with `make setup` the project would be found there, and not where .venv was made."""
    return {**os.environ, "PYTHONPATH": f"{checkout}/hil{os.pathsep}{checkout}/wire"}
