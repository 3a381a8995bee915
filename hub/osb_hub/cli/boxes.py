"""`vpp boxes`: who is there."""

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from osb_hub.cli.common import Desk, Json, known_box, open_desk, print_json, print_table, say, shown
from osb_hub.control import plans
from osb_hub.jobs.balance import balances
from osb_hub.registry.boxes import Box, boxes, offers
from osb_hub.store.readings import slot_of

_DAY_S = 86400


def command(
    context: typer.Context,
    box: Annotated[str | None, typer.Argument(help="Only this box, in detail.")] = None,
    as_json: Json = False,
) -> None:
    """Boxes: state, firmware, what they can control, last seen, refused messages."""
    with open_desk(context) as desk:
        if box is not None:
            _one(desk, known_box(desk, box), as_json)
            return
        with desk.database.read() as connection:
            known = boxes(connection)
        if as_json:
            print_json([_as_dict(one) for one in known])
            return
        columns = ("box", "feeder", "state", "firmware", "board", "controls", "last seen", "refused", "last refusal")
        print_table(
            f"{len(known)} boxes",
            columns,
            (
                (
                    one.id,
                    one.feeder,
                    one.state,
                    (one.hello or {}).get("firmware", "?"),
                    (one.hello or {}).get("board", "?"),
                    ", ".join(one.actuators) or "nothing",
                    shown(one.last_seen, desk.tz),
                    one.refused,
                    one.refusal or "",
                )
                for one in known
            ),
        )


def _one(desk: Desk, box: Box, as_json: bool) -> None:
    with desk.database.read() as connection:
        offer = offers(connection).get(box.id)
        accepted = plans.accepted(connection, box.id, slot_of(desk.now))
        last = box.telemetry_t or 0
        faults = [b for b in balances(connection, box.id, last - _DAY_S, last) if b.fault]
    if as_json:
        detail = {"offer": offer.message if offer else None, "accepted_w": accepted}
        print_json(_as_dict(box) | detail | {"balance_faults": [dataclasses.asdict(b) for b in faults]})
        return
    hello = box.hello or {}
    say(f"{box.id} on {box.feeder}: {box.state}{f' ({box.state_reason})' if box.state_reason else ''}")
    say(f"firmware {hello.get('firmware', '?')} on {hello.get('board', '?')}, {hello.get('interpreter', '?')}")
    say(f"first seen {shown(box.first_seen, desk.tz)}, last seen {shown(box.last_seen, desk.tz)}")
    say(f"meters: {', '.join(hello.get('meters', [])) or '?'}; controls: {', '.join(box.actuators) or 'nothing'}")
    say(f"messages refused: {box.refused}, duplicates: {box.duplicates}")
    if box.refusal:
        say(f"last refused {shown(box.refused_at, desk.tz)}: {box.refusal}")
    say(f"last offer: {shown(offer.t, desk.tz) if offer else 'none'}")
    for line in _accuracy(offer.message) if offer else ():
        say(line)
    for actuator, series in accepted.items():
        say(f"accepted for {actuator}: {', '.join(str(w) for w in series)} W per quarter of an hour")
    for fault in faults:
        say(f"balance {shown(fault.start, desk.tz)}: {fault.fault}")


def _accuracy(offer: dict[str, Any]) -> Iterator[str]:
    """How well the box has foreseen so far, by its own account: mean absolute errors by quarter of the local day."""
    stated = [("load", "W", offer.get("load_error_w"))]
    for store in offer["stores"]:
        stated.append((f"{store['actuator']} following a plan", "W", store.get("power_error_w")))
        stated.append((f"{store['actuator']} fill a slot ahead", "Wh", store.get("fill_error_wh")))
    for what, unit, errors in stated:
        if errors:
            quarters = (f"{'?' if error is None else error} {unit}" for error in errors)
            yield f"mean error of {what}: {', '.join(quarters)} (0-6, 6-12, 12-18, 18-24 h)"


def _as_dict(box: Box) -> dict[str, Any]:
    return dataclasses.asdict(box) | {"actuators": box.actuators}
