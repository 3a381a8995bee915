"""Short names mean what the long ones meant: the programs still do the same, line by line."""

from pathlib import Path

from osb_hil.firmware import ROOT
from osb_hil.names import shorten


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
    assert (spaces["one"]["Tank"]().read(), spaces["two"]["Car"]().read()) == (1, 2)


def test_what_meets_by_inheritance_keeps_apart():
    base, heir = Path("pack/base.py"), Path("pack/heir.py")
    sources = {
        base: "class Base:\n def __init__(self):\n  self._mine = 1\n def base(self):\n  return self._mine\n",
        heir: "from pack.base import Base\nclass Heir(Base):\n def put(self):\n  self._new = 2\n  return self._new\n",
    }
    made, short = shorten(sources)
    assert short["_mine"] != short["_new"]
    thing = run(made)["heir"]["Heir"]()
    assert (thing.put(), thing.base()) == (2, 1)


def test_what_others_may_know_it_by_stays():
    text = (
        "import asyncio\n_LIMIT = const(5)\n"
        "def look(other, thing):\n"
        "    thing.other = 1\n"
        "    return asyncio.core._io_queue, other._shared, getattr(thing, '_spelled'), f'{thing._shown}'\n"
        "class A:\n def __init__(self):\n  self._shared = self._spelled = self._shown = self._own = 0\n"
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
        "GLOBAL = 1\n"
        "def sums(rows, by_name, spelled, shown, GLOBAL, seen, taken):\n"
        "    rows.seen = [getattr(row, 'spelled') for row in rows]\n"
        "    return f'{shown}', sums(rows, by_name=1)\n"
    )
    made, short = shorten({Path("a.py"): text, Path("b.py"): "def more(columns):\n    return len(columns)\n"})
    assert set(short) == {"rows", "columns"}
    assert short["rows"] == short["columns"]
    space = {}
    exec(made[Path("b.py")], space)
    assert space["more"]([1, 2]) == 2


def test_lines_of_the_firmware_stay_where_they_are():
    sources = {path: path.read_text() for path in (ROOT / "firmware").rglob("*.py")}
    made, short = shorten(sources)
    assert len(short) > 10 * len({*short.values()})
    for path, text in sources.items():
        assert len(made[path].splitlines()) == len(text.splitlines()), path
        compile(made[path], str(path), "exec")
