"""`vpp readings`: what was measured."""

from typing import Annotated

import typer

from osb_hub.cli.common import Desk, Json, known_box, open_desk, print_json, print_table, shown, unix
from osb_hub.store.readings import readings, slot_values

_DEFAULT_S = 3600


def command(
    context: typer.Context,
    box: Annotated[str, typer.Argument(help="Which box.")],
    point: Annotated[list[str] | None, typer.Option(help="Only this point, such as grid.power; repeatable.")] = None,
    since: Annotated[str | None, typer.Option(help="From when, local or with offset: 2026-01-15T17:00.")] = None,
    until: Annotated[str | None, typer.Option(help="Until when; default: the box's latest measurement.")] = None,
    slots: Annotated[
        bool, typer.Option("--slots/--raw", help="15-minute values with completeness, or readings as they came.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Readings of one box; by default of the last hour in which it measured."""
    with open_desk(context) as desk:
        end = unix(until, desk.tz) if until else (known_box(desk, box).telemetry_t or desk.now) + 1
        start = unix(since, desk.tz) if since else end - _DEFAULT_S
        known_box(desk, box)
        if slots:
            _slots(desk, box, start, end, point, as_json)
        else:
            _raw(desk, box, start, end, point, as_json)


def _raw(desk: Desk, box: str, start: int, end: int, points: list[str] | None, as_json: bool) -> None:
    with desk.database.read() as connection:
        rows = readings(connection, box, start, end, points)
    if as_json:
        print_json([row._asdict() for row in rows])
        return
    print_table(
        f"{box}: {len(rows)} readings",
        ("point", "time", "value", "unit", "quality", "age [s]"),
        (
            (
                row.point,
                shown(row.t, desk.tz),
                "-" if row.value is None else row.value,
                row.unit,
                row.quality,
                row.age_s,
            )
            for row in rows
        ),
    )


def _slots(desk: Desk, box: str, start: int, end: int, points: list[str] | None, as_json: bool) -> None:
    with desk.database.read() as connection:
        rows = slot_values(connection, box, start, end, points)
    if as_json:
        print_json([row._asdict() for row in rows])
        return
    print_table(
        f"{box}: {len(rows)} quarter-hourly values",
        ("point", "from", "value", "unit", "measured"),
        ((r.point, shown(r.start, desk.tz), f"{r.value:.0f}", r.unit, f"{r.completeness:.0%}") for r in rows),
    )
