"""Terms between the cooperative and a home: offered, countered, signed, refused, withdrawn, ended.

                 accept                    accept (ours, of the counter-offer)
    offered ──────────────► signed ◄──────────────── countered
       │  │ refuse             │ withdraw / the home leaves   ▲
       │  └────► refused       ▼                              │
       └──────────────────► ended / withdrawn     counter ────┘

Only the home signs: what the hub accepts are the numbers that the home has asked for.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from osb_hub.errors import InputError
from osb_hub.store.tables import terms
from osb_wire.agreed import TERMS

NUMBERS = tuple(name for name, _ in TERMS)


@dataclass(frozen=True)
class Terms:
    """`numbers` as in the wire message `terms`; `counter` those that the home asks for."""

    id: int
    box: str
    t: int
    state: str
    numbers: dict[str, Any]
    text: str
    counter: dict[str, Any] | None
    replied: int | None
    detail: str | None

    def message(self, now: int) -> dict[str, Any]:
        """Wire message `terms`."""
        state = {"accepted": "signed", "withdrawn": "withdrawn"}.get(self.state, "offered")
        return {"id": self.id, "t": now, "state": state, **self.numbers, "text": self.text}


def offer(connection: Connection, box: str, now: int, numbers: dict[str, Any], text: str) -> int:
    """Keep an offer, which the service sends; its id."""
    values = {"box": box, "t": now, "state": "offered", "numbers": numbers, "text": text}
    identity = connection.execute(insert(terms).values(values)).inserted_primary_key
    assert identity is not None
    return int(identity[0])


def all_terms(connection: Connection, box: str | None = None) -> list[Terms]:
    """All terms there were, of one box or of all."""
    query = select(terms).order_by(terms.c.id)
    if box is not None:
        query = query.where(terms.c.box == box)
    return [Terms(*row) for row in connection.execute(query)]


def of_number(connection: Connection, number: int) -> Terms:
    """The terms with this id; InputError where there are none."""
    row = connection.execute(select(terms).where(terms.c.id == number)).first()
    if row is None:
        raise InputError(f"There are no terms with the id {number}.")
    return Terms(*row)


def accept_counter(connection: Connection, number: int) -> Terms:
    """Take the numbers that the home has asked for; it is signed once the box has said so."""
    known = of_number(connection, number)
    if known.state != "countered" or known.counter is None:
        raise InputError(f"Terms {number} are {known.state}: only a counter-offer can be accepted.")
    connection.execute(update(terms).where(terms.c.id == number).values(state="accepted", numbers=known.counter))
    return known


def withdraw(connection: Connection, number: int) -> Terms:
    """They shall not hold any more; the box says when it knows."""
    known = of_number(connection, number)
    if known.state in ("withdrawn", "ended", "refused"):
        raise InputError(f"Terms {number} are {known.state} already.")
    connection.execute(update(terms).where(terms.c.id == number).values(state="withdrawn"))
    return known


def to_send(connection: Connection) -> list[Terms]:
    """What boxes have not answered yet."""
    query = select(terms).where(terms.c.state.in_(("offered", "accepted", "withdrawn"))).order_by(terms.c.id)
    return [Terms(*row) for row in connection.execute(query)]


_AFTER = {"accept": "signed", "refuse": "refused", "counter": "countered", "ended": "ended"}


def note(connection: Connection, box: str, message: dict[str, Any]) -> None:
    """Keep a wire message `terms_reply`. An answer to what was withdrawn meanwhile changes nothing but by `ended`."""
    row = connection.execute(select(terms).where(terms.c.id == message["id"], terms.c.box == box)).first()
    if row is None:
        return
    known, answer = Terms(*row), message["answer"]
    if known.state == "ended" or (known.state == "withdrawn" and answer != "ended"):
        return
    if known.state == "accepted" and answer == "counter":
        return  # said before it heard that we accept
    state = "ended" if known.state == "signed" and answer == "refuse" else _AFTER[answer]
    values = {"state": state, "counter": message["counter"], "replied": message["t"], "detail": message["detail"]}
    connection.execute(update(terms).where(terms.c.id == known.id).values(values))
