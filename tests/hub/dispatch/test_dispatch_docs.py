"""docs/dispatch.md names every constraint, variable and multiplier, docs/files.md every array and key of the files."""

import ast
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from osb_hub.dispatch import model, problem
from osb_hub.dispatch.files import read_market
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market, Request, Reserve
from osb_hub.dispatch.model import Variables
from osb_hub.dispatch.result import Multipliers
from osb_hub.dispatch.schedule import Schedule

DOCS = Path(__file__).parents[3] / "docs"
LEVELS = ("store", "home", "feeder", "portfolio", "reserve")


def functions(source):
    return [n for n in ast.parse(source.read_text()).body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]


def test_every_constraint_and_variable_is_in_the_mathematics():
    text = (DOCS / "dispatch.md").read_text()
    package = Path(model.__file__).parent
    constraints = [node for level in LEVELS for node in functions(package / f"{level}.py")]
    assert len(constraints) == 16
    built = (package / "__init__.py").read_text()
    for node in constraints:
        assert f"**`{node.name}`**" in text, node.name
        assert f"{node.name}(lp, " in built, node.name
        assert re.search("[=≤≥]", ast.get_docstring(node)), f"{node.name} states no equation"
    for name in [field.name for part in (Variables, Multipliers) for field in fields(part)]:
        assert f"`{name}`" in text, name


def test_the_prices_that_order_what_gives_way_are_those_of_the_document():
    text = (DOCS / "dispatch.md").read_text()
    flat = " ".join(text.split())
    assert f"`FEEDER_PENALTY` is {problem.FEEDER_PENALTY * 1000:.0f} EUR/kWh" in flat
    assert f"`COMFORT_FLOOR` is {problem.COMFORT_FLOOR * 1000:.0f} EUR/kWh" in flat
    assert f"`WEAR_FLOOR` ({problem.WEAR_FLOOR * 1e6:.0f} EUR/MWh)" in flat


@pytest.mark.parametrize("part", [Fleet, Market, Request, Reserve, Schedule, Multipliers])
def test_every_array_and_key_is_in_the_description_of_files(part):
    text = (DOCS / "files.md").read_text()
    for field in fields(part):
        assert f"`{field.name}`" in text, field.name


def test_the_market_file_of_the_document_can_be_read(tmp_path):
    text = (DOCS / "files.md").read_text()
    example = text[text.index('    {"buy_price"') : text.index("| key | meaning |")].replace(
        "[0.00012, ...]", "0.00012"
    )
    path = tmp_path / "market.json"
    path.write_text(json.dumps(json.loads(example)))
    market = read_market(path, 96)
    assert (market.requests[0].name, market.reserve[0].endurance) == ("evening", 4)
