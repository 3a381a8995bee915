"""The house rules that a reader relies on: imports point one way, a file holds one concept."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for top in ("wire", "firmware", "hub", "hil", "tests") for p in (ROOT / top).rglob("*.py"))

# who may import whom, among our own packages
ALLOWED = {
    "wire": {"osb_wire"},
    "firmware": {"osb_box", "osb_boot", "osb_wire"},
    "hub": {"osb_hub", "osb_wire"},
    "hil": {"osb_hil", "osb_wire"},
}
WIRE_STDLIB = {"json", "math", "struct", "collections"}
# of the box: without any floating point
WHOLE = {("osb_box", name) for name in ("plan", "ahead", "history")}
# pure parts of the hub: arrays in, arrays out
PURE = {"osb_hub.dispatch", "osb_hub.prices"}
PURE_MAY = {"osb_hub.dispatch", "osb_hub.prices", "osb_hub.errors"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", [p for p in SOURCES if p.relative_to(ROOT).parts[0] != "tests"], ids=str)
def test_imports_point_one_way(path):
    top = path.relative_to(ROOT).parts[0]
    for name in imports(path):
        package = name.split(".")[0]
        if package.startswith("osb_"):
            assert package in ALLOWED[top], f"{path.name} in {top}/ imports {name}"
        elif top == "wire":
            assert package in WIRE_STDLIB, f"the contract may not import {name}"


@pytest.mark.parametrize("package", sorted(PURE))
def test_pure_packages_know_no_store_clock_or_broker(package):
    folder = ROOT / "hub" / package.replace(".", "/")
    assert list(folder.glob("*.py"))
    for path in folder.glob("*.py"):
        for name in imports(path):
            if name.startswith("osb_hub"):
                assert any(name == p or name.startswith(p + ".") for p in PURE_MAY), f"{path.name} imports {name}"
            assert name.split(".")[0] not in {"sqlalchemy", "aiomqtt", "amqtt"}, f"{path.name} imports {name}"
        assert "time.time(" not in path.read_text(), f"{path.name} reads a clock"


@pytest.mark.parametrize("path", [p for p in SOURCES if "osb_box" in p.parts], ids=str)
def test_only_hal_knows_the_port(path):
    if "hal" not in path.parts:
        assert not {n.split(".")[0] for n in imports(path)} & {"machine", "network", "esp32", "rp2", "termios"}


@pytest.mark.parametrize("path", [p for p in SOURCES if p.parts[-3:-1] in WHOLE], ids=str)
def test_plans_and_counters_are_reckoned_in_whole_numbers(path):
    # a board's float has 24 bits: what the modules of comfort/ do with it is tested there (single_precision.py)
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.Div), f"{path.name} divides by /"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{path.name} has {node.value}"


def test_the_loader_needs_no_version():
    for path in (ROOT / "firmware" / "osb_boot").glob("*.py"):
        ours = {name for name in imports(path) if name.startswith("osb_") and not name.startswith("osb_boot")}
        assert ours <= ({"osb_box.app"} if path.name == "guard.py" else set()), path
        if path.name != "port.py":
            assert not {n.split(".")[0] for n in imports(path)} & {"machine", "network"}, path


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_one_concept_a_file(path):
    assert len(path.read_text().splitlines()) <= 300
