"""Short names mean what the long ones meant: the programs still do the same, line by line."""

from pathlib import Path

import pytest

from osb_hil.firmware import ROOT
from osb_hil.names import shorten, spoken


def run(sources):
    """Execute files in order as modules of one package; returns their name spaces."""
    spaces = {}
    for path, text in sources.items():
        space = {"__name__": path.stem}
        for other in spaces:
            text = text.replace(f"from pack.{other} import ", f"from {other} import ")
        for other, there in spaces.items():
            for line in [line for line in text.splitlines() if line.startswith(f"from {other} import ")]:
                space |= {name.strip(): there[name.strip()] for name in line.partition(" import ")[2].split(",")}
                text = text.replace(line, "")
        exec(text, space)
        spaces[path.stem] = space
    return spaces


def test_private_names_of_two_files_become_the_same_short_one():
    one, two = Path("pack/one.py"), Path("pack/two.py")
    sources = {
        one: "class Tank:\n def __init__(self):\n  self._warm = 1\n def read(self):\n  return self._warm\n",
        two: "class Car:\n def __init__(self):\n  self._far = 2\n def read(self):\n  return self._far\n",
    }
    made, short = shorten(sources)
    assert short["_warm"] == short["_far"]
    assert "_warm" not in made[one]
    spaces = run(made)
    tank, car = spaces["one"][short["Tank"]](), spaces["two"][short["Car"]]()
    assert (tank.read(), car.read()) == (1, 2)


def test_what_meets_by_inheritance_keeps_apart():
    base, heir = Path("pack/base.py"), Path("pack/heir.py")
    sources = {
        base: "class Base:\n def __init__(self):\n  self._mine = 1\n def read(self):\n  return self._mine\n",
        heir: "from pack.base import Base\nclass Heir(Base):\n def write(self):\n  self._new = 2\n  return self._new\n",
    }
    made, short = shorten(sources)
    assert short["_mine"] != short["_new"]
    thing = run(made)["heir"][short["Heir"]]()
    assert (thing.write(), thing.read()) == (2, 1)


def test_what_others_may_know_it_by_stays():
    text = (
        "import asyncio\n_LIMIT = const(5)\n"
        "def read(other, thing):\n"
        "    thing.other = 1\n"
        "    return asyncio.core._io_queue, other._shared, getattr(thing, '_spelled'), f'{thing._shown}'\n"
        "class Task:\n def __init__(self):\n  self._shared = self._spelled = self._shown = self._own = 0\n"
    )
    made, short = shorten({Path("a.py"): text})
    assert set(short) == {"_own"}
    assert made[Path("a.py")].replace(short["_own"], "_own") == text


def test_a_short_name_is_none_that_is_used_already():
    made, short = shorten({Path("a.py"): "_a = 1\ndef _long_name(x):\n  return _a + x\n_b = _long_name(2)\n"})
    assert len({*short.values()}) == len(short) == 4
    space = {}
    exec(made[Path("a.py")], space)
    assert space[short["_b"]] == 3


def test_an_argument_that_is_nothing_else_is_short_in_every_file():
    text = (
        "from other import taken\n"
        "GLOBAL = const(1)\n"
        "def read(rows, by_name, spelled, shown, GLOBAL, seen, taken):\n"
        "    rows.seen = [getattr(row, 'spelled') for row in rows]\n"
        "    return f'{shown}', read(rows, by_name=1)\n"
    )
    made, short = shorten({Path("a.py"): text, Path("b.py"): "def write(columns):\n    return len(columns)\n"})
    assert set(short) == {"rows", "columns"}
    assert short["rows"] == short["columns"]
    space = {}
    exec(made[Path("b.py")], space)
    assert space["write"]([1, 2]) == 2


def test_what_files_call_from_each_other_is_short_and_still_the_same_thing():
    one, two = Path("pack/one.py"), Path("pack/two.py")
    sources = {
        one: (
            "LITRES = 200\nclass Tank:\n warmth = 1\n def __init__(self):\n  self.heated = 0\n"
            " def heat(self, kelvin):\n  self.heated += kelvin * LITRES\n  return self.warmth\n"
        ),
        two: (
            "from pack.one import LITRES, Tank\ndef afternoon():\n"
            " tank = Tank()\n return tank.heat(3), tank.heated, LITRES\n"
        ),
    }
    made, short = shorten(sources)
    assert {"LITRES", "Tank", "warmth", "heated", "heat", "afternoon"} <= set(short)
    assert len({short[name] for name in ("LITRES", "Tank", "warmth", "heated", "heat")}) == 5
    assert run(made)["two"][short["afternoon"]]() == (1, 600, 200)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("warmth", "def look(tank):\n return getattr(tank, 'warmth')\n"),
        ("warmth", "def look(tank):\n tank.warmth = 2\n"),  # into who knows what
        ("warmth", "def look(tank):\n tank.heat(warmth=2)\n"),
        ("LITRES", "from micropython import const\nLITRES = const(300)\n"),
        ("two", ""),  # a module
        ("append", ""),  # of a list
        ("wait_for_ms", ""),  # of MicroPython's asyncio
    ],
)
def test_a_name_that_somebody_else_could_mean_stays(name, text):
    one, two = Path("pack/one.py"), Path("pack/two.py")
    text_of_one = (
        "LITRES = 200\ntwo = 2\nclass Tank:\n warmth = 1\n def append(self): pass\n def wait_for_ms(self): pass\n"
    )
    _, short = shorten({one: text_of_one, two: text})
    assert name not in short
    assert "Tank" in short


@pytest.mark.parametrize("file", ["main.py", "osb_boot/slots.py", "osb_box/hal/chip.py"])
def test_words_of_the_loader_and_of_the_hardware_stay(file):
    sources = {
        Path("osb_box/a.py"): "def start(): pass\ndef goes(): pass\n",
        Path(file): "from osb_box import a\na.start()\n",
    }
    plain = {Path(file): sources.pop(Path(file))} if file == "main.py" else {}
    assert set(shorten(sources, plain)[1]) == {"goes"}


def test_a_program_of_the_bench_speaks_of_the_firmware_in_its_names():
    program = "from pack.one import Tank\nheat = 1\nprint(Tank().warmth, heat)\n"
    assert spoken(program, {"Tank": "_a", "warmth": "_b", "heat": "_b"}) == (
        "from pack.one import _a\nheat = 1\nprint(_a()._b, heat)\n"
    )
    with pytest.raises(ValueError, match="warmth would be _b, and so would another name"):
        spoken(program.replace("heat = 1", "_b = 1"), {"Tank": "_a", "warmth": "_b"})


def test_lines_of_the_firmware_stay_where_they_are():
    sources = {path: path.read_text() for path in (ROOT / "firmware").rglob("*.py")}
    made, short = shorten(sources)
    assert len(short) > 10 * len({*short.values()})
    for path, text in sources.items():
        assert len(made[path].splitlines()) == len(text.splitlines()), path
        compile(made[path], str(path), "exec")
