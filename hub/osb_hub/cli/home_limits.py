"""`vpp limits dim | homes | evidence`: what the grid operator allows single homes (§14a EnWG)."""

import dataclasses
from typing import Annotated

import typer

from osb_hub.cli.common import Desk, Json, kilowatts, known_box, open_desk, print_json, print_table, say, shown, unix
from osb_hub.control import home_limits
from osb_hub.control.home_limits import FAIL_SAFE_S, FAIL_SAFE_W, HEARTBEAT_S, HomeLimit, InForce
from osb_hub.control.minimum import minimum_w
from osb_hub.errors import InputError
from osb_hub.registry.boxes import Box, boxes

_STATES = {
    "init": "waits",
    "unlimited": "no limit",
    "limited": "limited",
    "fail_safe": "fail-safe",
    "autonomous": "on its own",
}
_LATE_S = 3 * HEARTBEAT_S  # after which a box should have said what is in force


def dim(
    context: typer.Context,
    box: Annotated[list[str] | None, typer.Option(help="Which box; may be given several times.")] = None,
    feeder: Annotated[str | None, typer.Option(help="All boxes of this feeder.")] = None,
    power: Annotated[
        int | None, typer.Option(help="Most that the controllable devices draw from the grid [W].")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Until when, local or with offset; else until released.")] = None,
    release: Annotated[bool, typer.Option("--release", help="No limit any more; heartbeats go on.")] = False,
    leave: Annotated[bool, typer.Option("--leave", help="No limit, no heartbeats: the home is on its own.")] = False,
    fail_safe: Annotated[int | None, typer.Option(help="Limit while no heartbeat is heard [W].")] = None,
    fail_safe_hours: Annotated[int, typer.Option(min=2, max=24, help="For how long that then holds.")] = 2,
    below_minimum: Annotated[bool, typer.Option("--below-minimum", help="Less than §14a leaves a home.")] = False,
    reason: Annotated[str, typer.Option(help="Told to the households.")] = "the grid operator relieves this street",
) -> None:
    """Limit heat pump, tank, car and battery charging of homes together. A running hub says it within a minute."""
    if (power is not None) + release + leave != 1:
        raise InputError("Say one of --power, --release and --leave.")
    if not 0 < len(reason.encode()) <= 120:
        raise InputError(f"--reason has {len(reason.encode())} bytes, 1 to 120 can be sent to boxes.")
    with open_desk(context) as desk:
        end = None if until is None else unix(until, desk.tz)
        if end is not None and (power is None or end <= desk.now):
            raise InputError("--until must be in the future." if power is not None else "--until goes with --power.")
        homes = _meant(desk, box, feeder)
        for home in homes:
            least = minimum_w((home.hello or {}).get("actuators", []))
            if power is not None and not below_minimum and power < (least or FAIL_SAFE_W):
                raise InputError(
                    f"{home.id} may always draw {least or FAIL_SAFE_W} W (BK6-22-300, annex 1, 4.5): "
                    f"--power {power} is less; --below-minimum says that you mean it."
                )
        with desk.database.write() as connection:
            for home in homes:
                least = minimum_w((home.hello or {}).get("actuators", []))
                safe = max(FAIL_SAFE_W, least) if fail_safe is None else fail_safe
                hours = fail_safe_hours * 3600 or FAIL_SAFE_S
                home_limits.tell(connection, home.id, desk.now, power, end, reason, safe, hours, leave)
        names = ", ".join(home.id for home in homes)
        if power is None:
            say(f"{names}: {'left to itself' if leave else 'no limit'}.")
        else:
            say(f"{names}: at most {power} W {f'until {shown(end, desk.tz)}' if end else 'until released'}.")


def homes(context: typer.Context, as_json: Json = False) -> None:
    """Homes that were told of a limit: what, and whether the box says it is in force."""
    with open_desk(context) as desk:
        with desk.database.read() as connection:
            told, said = home_limits.current(connection), home_limits.in_force(connection)
        names = sorted(told.keys() | said.keys())
        rows = [(name, told.get(name), said.get(name)) for name in names]
        if as_json:
            print_json([_as_dict(*row, desk.now) for row in rows])
            return
        print_table(
            f"{len(rows)} homes",
            ("box", "told", "kW", "until", "state", "kW in force", "since", "follows", "reason"),
            (
                (
                    name,
                    shown(limit.t, desk.tz) if limit else "-",
                    _watts(limit.power_w if limit else None),
                    shown(limit.until, desk.tz) if limit and limit.until else "-",
                    _STATES[reply.state] if reply else "has not answered",
                    _watts(reply.power_w if reply else None),
                    shown(reply.t, desk.tz) if reply else "-",
                    _follows(limit, reply, desk.now),
                    reply.reason if reply else "",
                )
                for name, limit, reply in rows
            ),
        )


def evidence(
    context: typer.Context, box: Annotated[str, typer.Argument(help="Of which box.")], as_json: Json = False
) -> None:
    """What a home was told and what its box said was in force, by time."""
    with open_desk(context) as desk:
        known_box(desk, box)
        with desk.database.read() as connection:
            told, said = home_limits.evidence(connection, box)
        if as_json:
            as_dicts = [dataclasses.asdict(limit) for limit in told], [dataclasses.asdict(reply) for reply in said]
            print_json({"told": as_dicts[0], "in_force": as_dicts[1]})
            return
        lines = [(limit.t, 0, "told", _watts(limit.power_w), limit.reason) for limit in told]
        lines += [(reply.t, 1, _STATES[reply.state], _watts(reply.power_w), reply.reason) for reply in said]
        print_table(
            f"{box}: {len(lines)} entries",
            ("when", "what", "kW", "reason"),
            ((shown(t, desk.tz), *rest) for t, _, *rest in sorted(lines)),
        )


def _meant(desk: Desk, names: list[str] | None, feeder: str | None) -> list[Box]:
    if bool(names) == (feeder is not None):
        raise InputError("Say either --box or --feeder.")
    if names:
        return [known_box(desk, name) for name in names]
    with desk.database.read() as connection:
        found = [box for box in boxes(connection) if box.feeder == feeder]
    if not found:
        raise InputError(f"There is no box on a feeder called {feeder}.")
    return found


def _watts(power_w: int | None) -> str:
    return kilowatts(power_w)


def _follows(limit: HomeLimit | None, reply: InForce | None, now: int) -> str:
    """Whether the box says it does what it was told."""
    if limit is None:
        return "-"
    if reply is None or reply.home_limit != limit.id:
        return "no answer" if now - limit.t > _LATE_S else "not yet"
    wanted = limit.message(now)["power_w"]
    if reply.state in ("init", "fail_safe"):
        return "hears nothing"
    if wanted is None:
        return "yes"
    return "yes" if reply.power_w is not None and reply.power_w <= wanted else "no"


def _as_dict(name: str, limit: HomeLimit | None, reply: InForce | None, now: int) -> dict[str, object]:
    told = dataclasses.asdict(limit) if limit else None
    said = dataclasses.asdict(reply) if reply else None
    return {"box": name, "told": told, "in_force": said, "follows": _follows(limit, reply, now)}
