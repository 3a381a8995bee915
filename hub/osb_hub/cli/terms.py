"""`vpp terms`: what may be asked of a home and what it earns: offer, list, accept a counter-offer, withdraw."""

import dataclasses
from typing import Annotated, Any

import typer

from osb_hub.cli.common import Json, known_box, open_desk, print_json, print_table, say, shown, unix
from osb_hub.control import terms
from osb_hub.control.terms import Terms
from osb_hub.errors import InputError
from osb_wire.agreed import TERMS
from osb_wire.fields import WireError, check_record

app = typer.Typer(no_args_is_help=True, help="Terms of single homes: offer, list, accept a counter-offer, withdraw.")


@app.command("offer")
def offer(
    context: typer.Context,
    box: Annotated[list[str], typer.Option(help="To which box; may be given several times.")],
    start: Annotated[str, typer.Option(help="From when they hold, local or with offset.")],
    end: Annotated[str, typer.Option(help="Until when.")],
    week: Annotated[int, typer.Option(help="Most events in a week.")] = 3,
    month: Annotated[int, typer.Option(help="Most events in a month.")] = 8,
    duration: Annotated[int, typer.Option(help="Longest event [minutes].")] = 120,
    capacity: Annotated[int, typer.Option(help="Most power shifted in an event [W].")] = 3000,
    notice: Annotated[int, typer.Option(help="Shortest notice [minutes].")] = 60,
    energy_price: Annotated[float, typer.Option(help="For energy shifted in an event [ct/kWh].")] = 10.0,
    event_price: Annotated[float, typer.Option(help="For an event followed [EUR].")] = 0.0,
    plans: Annotated[str, typer.Option(help="`always`, or `events`: nothing is asked between events.")] = "always",
    text: Annotated[str, typer.Option(help="Told to the household.")] = "What the cooperative may ask of your home.",
) -> None:
    """Offer terms; a running hub sends them until the household has answered."""
    with open_desk(context) as desk:
        numbers: dict[str, Any] = {
            "start": unix(start, desk.tz),
            "end": unix(end, desk.tz),
            "week_events": week,
            "month_events": month,
            "duration_s": duration * 60,
            "capacity_w": capacity,
            "notice_s": notice * 60,
            "energy_price": round(energy_price * 10),
            "event_price_ct": round(event_price * 100),
            "plans": plans,
        }
        try:
            check_record(TERMS, numbers)
        except WireError as error:
            raise InputError(f"These terms cannot be offered: {error}.") from None
        if numbers["start"] >= numbers["end"]:
            raise InputError(f"--end {end} must be later than --start {start}.")
        if not 0 < len(text.encode()) <= 300:
            raise InputError(f"--text has {len(text.encode())} bytes, 1 to 300 can be sent to boxes.")
        homes = [known_box(desk, name).id for name in box]
        with desk.database.write() as connection:
            made = [(name, terms.offer(connection, name, desk.now, numbers, text)) for name in homes]
        for name, number in made:
            say(f"{name}: terms {number} are offered: {summary(numbers)}.")


@app.command("list")
def show(
    context: typer.Context,
    box: Annotated[str | None, typer.Option(help="Only those of this box.")] = None,
    as_json: Json = False,
) -> None:
    """All terms, their state, and what homes ask for instead."""
    with open_desk(context) as desk:
        with desk.database.read() as connection:
            known = terms.all_terms(connection, box)
        if as_json:
            print_json([dataclasses.asdict(one) for one in known])
            return
        print_table(
            f"{len(known)} terms",
            ("id", "box", "state", "offered", "until", "terms", "asked for instead", "answered", "detail"),
            (
                (
                    one.id,
                    one.box,
                    one.state,
                    shown(one.t, desk.tz),
                    shown(one.numbers["end"], desk.tz),
                    summary(one.numbers),
                    _changes(one),
                    shown(one.replied, desk.tz) if one.replied else "-",
                    one.detail or "",
                )
                for one in known
            ),
        )


@app.command("accept")
def accept(context: typer.Context, number: Annotated[int, typer.Argument(help="Id of the terms.")]) -> None:
    """Accept a home's counter-offer."""
    with open_desk(context) as desk:
        with desk.database.write() as connection:
            known = terms.accept_counter(connection, number)
        say(f"{known.box}: terms {number} as the home asked for: {summary(known.counter or {})}.")


@app.command("withdraw")
def withdraw(context: typer.Context, number: Annotated[int, typer.Argument(help="Id of the terms.")]) -> None:
    """Withdraw terms, offered or signed."""
    with open_desk(context) as desk:
        with desk.database.write() as connection:
            known = terms.withdraw(connection, number)
        say(f"{known.box}: terms {number} are withdrawn.")


def summary(numbers: dict[str, Any]) -> str:
    """Terms in one line."""
    return (
        f"{numbers['week_events']}/week, {numbers['month_events']}/month, {numbers['duration_s'] // 60} min, "
        f"{numbers['capacity_w']} W, {numbers['notice_s'] // 60} min notice, {numbers['energy_price'] / 10:g} ct/kWh, "
        f"{numbers['event_price_ct'] / 100:.2f} EUR an event, plans {numbers['plans']}"
    )


def _changes(one: Terms) -> str:
    """What of a counter-offer differs."""
    changed = {k: v for k, v in (one.counter or {}).items() if one.numbers.get(k) != v}
    return ", ".join(f"{name} {value}" for name, value in changed.items()) or "-"
