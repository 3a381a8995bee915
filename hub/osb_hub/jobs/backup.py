"""Backup homes: held out of limits and reserve until others drop out while a limit holds.

Nothing is kept of it: who has dropped out is read from what boxes said, at every plan anew.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from osb_hub.control import events, replies
from osb_hub.jobs.announced import began

OPTED_OUT = {
    "override",
    "comfort",
    "disabled",
    "fault",
    "terms",
}  # reasons to refuse; a car that is away has not opted out


@dataclass(frozen=True)
class Spare:
    """Which backup homes stay held out, and a sentence for each feeder where some were drawn in."""

    held: frozenset[str]
    notes: tuple[str, ...]


def lost(
    connection: Connection, feeders: Mapping[str, str], unreached: Collection[str], slot: int, now: int
) -> dict[str, list[str]]:
    """Feeder → boxes that it has lost since its limit began: out of reach, or refusing; only where a limit holds."""
    out: dict[str, list[str]] = {}
    absent = {box for box, refusal in events.refusing(connection, now).items() if refusal in OPTED_OUT}
    for feeder, since in began(connection, slot, now).items():
        refused = {
            box for box, actuators in replies.refusals(connection, since).items() if OPTED_OUT & set(actuators.values())
        }
        out[feeder] = sorted(box for box in refused | absent | set(unreached) if feeders.get(box) == feeder)
    return out


def held_out(
    backup: Collection[str], ready: Collection[str], feeders: Mapping[str, str], gone: Mapping[str, list[str]]
) -> Spare:
    """For each box lost on a feeder one of its backup homes is drawn in, in the order of their names (pure).

    `ready`: boxes that can be dispatched; a backup home that is lost itself stands in for nobody.
    """
    held, notes = set[str](), []
    for feeder in sorted(set(feeders.values())):
        spare = sorted(box for box in backup if feeders.get(box) == feeder and box in ready)
        spare = [box for box in spare if box not in gone.get(feeder, [])]
        missing = [box for box in gone.get(feeder, []) if box not in backup]
        drawn = spare[: len(missing)]
        held.update(spare[len(missing) :])
        if drawn:
            notes.append(f"{', '.join(drawn)}: drawn in as backup for {', '.join(missing[: len(drawn)])}.")
    return Spare(frozenset(held), tuple(notes))
