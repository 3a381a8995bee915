"""report.json, and report.html: one file without anything outside it."""

import html
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any

from osb_hub.demo import plots, summary
from osb_hub.demo.promises import Promise
from osb_hub.demo.story import Story
from osb_hub.demo.truth import Truth

_TEMPLATE = Path(__file__).parent / "report.html"


def report(measured: dict[str, Any], promises: Sequence[Promise]) -> dict[str, Any]:
    """What report.json holds."""
    return {
        **measured,
        "promises": {promise.name: promise.kept for promise in promises},
        "promise_sentences": {promise.name: promise.sentence for promise in promises},
    }


def write(folder: Path, told: dict[str, Any], truth: Truth, story: Story) -> None:
    """Both reports into `folder`."""
    (folder / "report.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(page(told, truth, story), encoding="utf-8")


def page(told: dict[str, Any], truth: Truth, story: Story) -> str:
    """The whole page."""
    home = plots.telling_home(truth)

    def clock(t: int) -> str:
        return datetime.fromtimestamp(t, truth.zone).strftime("%H:%M")

    texts = {
        "homes": str(told["homes"]),
        "day": told["day"],
        "zone": told["zone"],
        "interpreter": told["interpreter"],
        "verdict": summary.verdict(told["promises"]),
        "cap_kw": f"{told['cap_kw']:.1f}",
        "cap_begins": clock(story.cap_begins),
        "cap_ends": clock(story.cap_ends),
        "cap_announced": clock(story.cap_announced),
        "one_home_id": home.id,
        "plans_made": str(told["plans"]["made"]),
        "worst_gap": summary.percent(told["plans"]["worst_gap"]),
        "worst_gap_of_savings": summary.percent(told["plans"]["worst_gap_of_savings"]),
        "change_kwh": f"{told['plans']['change_kwh']:.1f}",
        "change_eur": f"{told['plans']['change_eur']:.2f}",
        "realisation_counted": told["realisation"]["counted"],
        "due_eur": f"{told['compensation']['due_eur']:.2f}",
        "compensation_counted": told["compensation"]["counted"],
    }
    parts = {
        "street": plots.street(truth, story),
        "one_home": plots.one_home(truth, home),
        "costs": plots.costs(told),
        "figures": _table(("", plots.WITH, plots.WITHOUT), summary.rows(told), numbers=(1, 2)),
        "promises": _promises(told),
        "faults": _faults(told["faults"], truth),
        "per_home": _per_home(told["per_home"]),
        "plans": _plans(told["plans"], truth),
        "realisation": _realisation(told["realisation"]),
        "accelerated": _table(("what", "how"), [(name, _plain(how)) for name, how in told["accelerated"].items()]),
    }
    escaped = {name: html.escape(text) for name, text in texts.items()}
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(escaped | parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        classes = [' class="n"' if i in numbers else "" for i in range(len(row))]
        return "".join(f"<{tag}{c}>{html.escape(text)}</{tag}>" for c, text in zip(classes, row, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"


def _promises(told: dict[str, Any]) -> str:
    rows = "".join(
        f'<tr><td class="{"yes" if kept else "no"}">{"kept" if kept else "broken"}</td>'
        f"<td>{html.escape(name)}</td><td>{html.escape(told['promise_sentences'][name])}</td></tr>"
        for name, kept in told["promises"].items()
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _faults(faults: list[dict[str, Any]], truth: Truth) -> str:
    def clock(t: int | None) -> str:
        return "never" if t is None else datetime.fromtimestamp(t, truth.zone).strftime("%H:%M")

    rows = [(f["home"], f["kind"], clock(f["start"]), clock(f["end"]), str(f.get("ended", ""))) for f in faults]
    return _table(("home", "what", "from", "until", "what was seen"), rows) if rows else "<p>Nothing.</p>"


def _per_home(homes: list[dict[str, Any]]) -> str:
    def pair(home: dict[str, Any], name: str, digits: int) -> str:
        return f"{home[name]['dispatched']:.{digits}f} / {home[name]['twin']:.{digits}f}"

    rows = [
        (
            home["id"],
            ", ".join(home["has"]).replace("_", " "),
            pair(home, "energy_kwh", 1),
            pair(home, "cost_eur", 2),
            f"{home['compensation_eur']:.2f}",
            f"{home['cost_after_compensation_eur']:.2f}",
            pair(home, "comfort_violation_minutes", 0),
            pair(home, "ev_short_wh", 0),
        )
        for home in homes
    ]
    head = (
        *("home", "has", "kWh with / without", "EUR with / without", "EUR due to it", "EUR after that"),
        *("minutes uncomfortable", "Wh missing in the car"),
    )
    return _table(head, rows, numbers=range(2, 8))


def _plans(plans: dict[str, Any], truth: Truth) -> str:
    def eur(value: float | None) -> str:
        return "unknown" if value is None else f"{value:.3f}"

    rows = [
        (
            datetime.fromtimestamp(plan["t"], truth.zone).strftime("%H:%M"),
            plan["reason"],
            plan["status"],
            plan["solver"] or "unknown",
            f"{plan['solve_s']:.2f}",
            eur(plan["objective_eur"]),
            eur(plan["lower_bound_eur"]),
            summary.percent(plan["gap"]),
            summary.percent(plan["gap_of_savings"]),
            eur(plan["realised_objective_eur"]),
        )
        for plan in plans["each"]
    ]
    head = (
        *("made at", "why", "status", "solver", "s", "objective [EUR]", "lower bound [EUR]", "gap", "gap of savings"),
        "realised [EUR]",
    )
    return _table(head, rows, numbers=range(4, 10))


def _realisation(realised: dict[str, Any]) -> str:
    rows = [
        (kind.replace("_", " "), *(f"{sums[name]:.1f}" for name in ("asked_kwh", "off_by_kwh", "more_kwh")), "")
        for kind, sums in realised["by_actuator"].items()
    ]
    total = ("all", f"{realised['asked_kwh']:.1f}", f"{realised['off_by_kwh']:.1f}", "", f"{realised['loss_eur']:.2f}")
    head = ("device", "kWh asked", "kWh otherwise than asked", "of it more than asked, net", "EUR lost")
    return _table(head, [*rows, total], numbers=range(1, 5))


def _plain(how: Any) -> str:
    return how if isinstance(how, str) else json.dumps(how, ensure_ascii=False)
