"""The day in rows a cooperative's board would understand; the final table and the page show the same."""

from typing import Any

Row = tuple[str, str, str]  # what, with dispatch, without

_NOT_RUN = "not in this run"


def rows(measured: dict[str, Any]) -> list[Row]:
    """What, with dispatch, without dispatch."""
    cap = measured["cap_kw"]
    both = _both(measured)
    out = [
        both(f"Highest power while the limit of {cap:.1f} kW held", "peak_in_cap_window_kw", "kW", 1),
        both("Highest power in the two hours after", "rebound_peak_kw", "kW", 1),
        both("Highest power of the day", "peak_kw", "kW", 1),
        both("Energy from the grid", "energy_kwh", "kWh", 1),
        both("Cost", "cost_eur", "EUR", 2),
        both("Outside the comfort bands, all homes", "comfort_violation_minutes", "min", 0),
        both("Missing in cars at departure", "ev_short_wh", "Wh", 0),
    ]
    readings, followed = measured["readings"], measured["plan_followed_pct"]
    plans, realised = measured["plans"], measured["realisation"]
    alone = [
        ("Readings stored / lost / twice", f"{readings['stored']} / {readings['lost']} / {readings['duplicated']}"),
        ("Stored energy against the meters", f"{measured['meter_truth_error_pct']:.2f} % off"),
        ("Accepted plans followed", _NOT_RUN if followed is None else f"{followed:.1f} %"),
        ("Plans made, longest solve", f"{plans['made']}, {plans['longest_solve_s']:.2f} s"),
        (
            "Certified gap of the worst plan, of its savings",
            f"{percent(plans['worst_gap'])}, {percent(plans['worst_gap_of_savings'])}",
        ),
        ("Lost because devices cannot do all that plans ask", f"{realised['loss_eur']:.2f} EUR"),
        ("Due to homes for what limits cost them", f"{measured['compensation']['due_eur']:.2f} EUR"),
    ]
    return [*out, *((what, value, "") for what, value in alone)]


def verdict(promises: dict[str, bool]) -> str:
    """The day in one sentence."""
    broken = [name for name, kept in promises.items() if not kept]
    return f"Broken: {', '.join(broken)}." if broken else f"All {len(promises)} promises were kept."


def percent(share: float | None) -> str:
    """A gap."""
    return "unknown" if share is None else f"{100 * share:.4f} %"


def _both(measured: dict[str, Any]) -> Any:
    def row(what: str, name: str, unit: str, digits: int) -> Row:
        values = (measured[name][side] for side in ("dispatched", "twin"))
        first, second = (_NOT_RUN if v is None else f"{v:.{digits}f} {unit}" for v in values)
        return what, first, second

    return row
