"""docs/dispatch.md names every constraint and variable of the model, docs/files.md every array and key."""

import ast
from dataclasses import fields
from pathlib import Path

from osb_hub.dispatch import model, planner
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.model import Variables

DOCS = Path(__file__).parents[3] / "docs"


def test_every_constraint_and_variable_is_in_the_mathematics():
    text = (DOCS / "dispatch.md").read_text()
    tree = ast.parse(Path(model.__file__).read_text())
    constraints = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name != "build" and not node.name.startswith("_")
    ]
    assert len(constraints) == 9
    for name in [*constraints, *(field.name for field in fields(Variables))]:
        assert f"`{name}`" in text, name


def test_the_prices_that_order_what_gives_way_are_those_of_the_document():
    text = (DOCS / "dispatch.md").read_text()
    assert f"`FEEDER_PENALTY` is {planner.FEEDER_PENALTY * 1000:.0f} EUR/kWh" in text
    assert f"`COMFORT_FLOOR` is {planner.COMFORT_FLOOR * 1000:.0f} EUR/kWh" in text
    assert f"`WEAR_FLOOR` ({planner.WEAR_FLOOR * 1e6:.0f} EUR/MWh)" in text


def test_every_array_of_a_fleet_is_in_the_description_of_files():
    text = (DOCS / "files.md").read_text()
    for field in fields(Fleet):
        if not field.name.endswith("_names"):
            assert f"`{field.name}`" in text, field.name
