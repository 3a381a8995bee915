"""What the box did about each fault, as a table for people: measured from outside, in simulated time."""

from datetime import datetime
from typing import Any

from osb_hil.faults import KINDS
from osb_hil.scenario import Scenario

_FAULTS = ("when", "home", "what", "for", "got over it after", "resets by itself", "relays moved", "seen from outside")
_HOMES = (
    "home",
    "readings stored",
    "lost",
    "min outside the comfort band (without the box)",
    "min of cold water (without the box)",
)


def table(scenario: Scenario, truth: dict[str, Any], stored: Any, sent: Any) -> str:
    """Markdown: a row a fault, then what the homes were left with.

    `stored` is {box: {epoch: sequence numbers that the hub has}}, `sent` {box: counters of its outbox}.
    """
    rows = _head(_FAULTS) + [_row(scenario, truth["faults"], fault) for fault in truth["faults"]]
    rows += ["", *_head(_HOMES)]
    for home in truth["homes"]:
        name, own, twin = home["id"], home["dispatched"], home["twin"]
        messages = sum(len(numbers) for numbers in stored[name].values())
        lost = sum(max(numbers) - len(set(numbers)) for numbers in stored[name].values()) + sent[name]["dropped"]
        comfort = f"{own['comfort_violation_min']:.0f} ({twin['comfort_violation_min']:.0f})"
        water = f"{own['cold_water_min']:.0f} ({twin['cold_water_min']:.0f})"
        rows.append(f"| {name} | {messages} | {lost} | {comfort} | {water} |")
    return "\n".join(rows) + "\n"


def unexplained(faults: list[dict[str, Any]], fault: dict[str, Any]) -> int:
    """Starts of boxes, from when a fault strikes until it has been got over, that neither it nor another one causes."""
    before, after = fault["starts"]
    homes = [other for other in faults if fault["home"] in ("", other["home"])]
    last = fault["recovered"]
    due = [t for other in homes for t in caused(other) if fault["start"] <= t and (last is None or t <= last)]
    return int(after - before) - len(due)


def caused(fault: dict[str, Any]) -> list[int]:
    """When a box starts again because of a fault, once at each."""
    return KINDS[fault["kind"]].restarts(fault["start"], fault["end"])


def _head(names: tuple[str, ...]) -> list[str]:
    return [f"| {' | '.join(names)} |", "|" + " --- |" * len(names)]


def _row(scenario: Scenario, faults: list[dict[str, Any]], fault: dict[str, Any]) -> str:
    after = "—"
    if fault["recovered"] is not None and fault["end"] is not None:
        after = _minutes(fault["recovered"] - fault["end"]) if fault["recovered"] > fault["end"] else "the same step"
    cells = (
        datetime.fromtimestamp(fault["start"], scenario.zone).strftime("%a %H:%M"),
        fault["home"] or "all",
        fault["kind"],
        _minutes(fault["end"] - fault["start"]) if fault["end"] else "good",
        after,
        str(max(0, unexplained(faults, fault))),
        ", ".join([*fault["outputs"], *(f"as planned: {moved}" for moved in fault["planned"])]) or "none",
        fault["ended"],
    )
    return f"| {' | '.join(cells)} |"


def _minutes(seconds: int) -> str:
    minutes = seconds // 60
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if minutes < 120 else f"{hours} h" + (f" {rest} min" if rest else "")
