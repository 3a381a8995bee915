"""A second run of flash.sh compiles what has changed since the first, and nothing else."""

import re

import pytest

from osb_hil import firmware, once

SOURCES = {
    "firmware/boot.py": "import osb_boot\n",
    "firmware/main.py": "import osb_boot\n",
    "firmware/osb_boot/__init__.py": "PLACE = '/here'\n",
    "firmware/osb_box/__init__.py": 'VERSION = "1.2.3"\n',
    "firmware/osb_box/clock.py": "def hours(seconds):\n    return seconds // 3600\n",
    "firmware/osb_box/web/site/index.html": "<html><head></head><body></body></html>\n",
    "wire/osb_wire/frame.py": "HEAD = 0x7E\n",
}


@pytest.fixture
def built(tmp_path, monkeypatch):
    """built() -> (the modules that the compiler was called for, when each file of the compiled tree was written)."""
    root, calls, compiler = tmp_path / "root", tmp_path / "calls", tmp_path / "mpy-cross"
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    compiler.write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {firmware.mpy_cross()} "$@"\n')
    compiler.chmod(0o755)
    monkeypatch.setattr(firmware, "ROOT", root)
    monkeypatch.setattr(firmware, "_tool", lambda name: {"mpy-cross": str(compiler)}[name])
    monkeypatch.setattr(once, "_MADE", tmp_path / "made")

    def build():
        calls.write_text("")
        target = firmware.build("core", tmp_path / "out")
        tree = target.with_name("out-tree")
        written = {path.relative_to(tree).as_posix(): path.stat().st_mtime_ns for path in tree.rglob("*.mpy")}
        return sorted(re.findall(r" -s (\S+) ", calls.read_text())), written

    build.root = root
    return build


def test_a_source_that_has_not_changed_is_not_compiled_again(built):
    compiled, first = built()
    assert compiled == ["__init__", "__init__", "clock", "frame"]
    compiled, again = built()
    assert (compiled, again) == ([], first)
    (built.root / "firmware" / "osb_box" / "clock.py").touch()  # a checkout does that to files that are the same
    assert built() == ([], first)


def test_one_that_has_changed_is_compiled_alone(built):
    _, first = built()
    source = built.root / "firmware" / "osb_box" / "clock.py"
    source.write_text(source.read_text().replace("3600", "60"))
    compiled, then = built()
    assert compiled == ["clock"]
    assert {path for path in then if then[path] != first[path]} == {"osb_box/clock.mpy"}
    source.write_text(SOURCES["firmware/osb_box/clock.py"])
    assert built()[0] == []  # back to what has been compiled before
