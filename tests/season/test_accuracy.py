"""How accurate offers say they are, against what happened: twenty homes of the season (docs/season.md).

What happened is reckoned here, from the homes' own meters and the forecasts in their offers: of the last 32 slots in
each quarter of the day, as the wire's contract says, with equal weights where the box lets older ones fade.
"""

from datetime import datetime
from pathlib import Path
from statistics import mean

import pytest
from lockstep import DAY_S, SLOT_S, ZONE, Season, Tariff, spot_prices

from osb_hil.mix import neighbourhood

DOCS = Path(__file__).parents[2] / "docs" / "season.md"
SLOTS, QUARTERS = 32, 4
STORES = ("heat_pump", "tank")


class Notebook:
    """Absolute errors of one home, by what was foreseen and quarter of the local day."""

    def __init__(self):
        self.errors, self.before, self.offer = {}, None, None

    def note(self, t, offer, meter):
        if self.offer:
            self._compare(t - SLOT_S, offer, {role: meter.wh[role] - self.before.get(role, 0.0) for role in meter.wh})
        self.offer, self.before = offer, dict(meter.wh)

    def _compare(self, start, after, wh):
        quarter = datetime.fromtimestamp(start, ZONE).hour // 6
        others = sum(wh[role] for role in wh if role != "grid")
        self._add("load", quarter, 4 * (wh["grid"] - others) - _at(self.offer["load_w"]))
        then = {store["actuator"]: store for store in after["stores"]}
        for store in self.offer["stores"]:
            role = store["actuator"]
            if role in STORES and role in then:
                kept = store["fill_wh"] * _at(store["retention_ppm"]) / 1e6
                gained = wh[role] * _at(store["eta_in_pm"]) / 1000 + _at(store["usage_w"]) / 4
                self._add(role, quarter, then[role]["fill_wh"] - kept - gained)

    def _add(self, what, quarter, error):
        self.errors.setdefault((what, quarter), []).append(abs(error))

    def happened(self, what):
        """Mean of each quarter, None where nothing is known."""
        found = [self.errors.get((what, quarter), [])[-SLOTS:] for quarter in range(QUARTERS)]
        return [mean(errors) if errors else None for errors in found]


def _at(series):
    return series if isinstance(series, int) else series[0]


def notebooks(begin, days, specs):
    """The notebooks of some homes after some days with dynamic prices."""
    books = [Notebook() for _ in specs]

    def offered(t, offers, meters):
        if t >= begin + DAY_S // 2:  # a box that has just been installed knows nothing
            for book, offer, meter in zip(books, offers, meters, strict=True):
                book.note(t, offer, meter)

    run = Season(specs, begin, begin + days * DAY_S, Tariff(spot_prices(begin, days, 1)), seed=1)
    run.run(offered=offered)
    return books


def compared(books):
    """{what: [(stated, happened)] of all homes and quarters}."""
    pairs = {"load": [], **{role: [] for role in STORES}}
    for book in books:
        stated = {"load": book.offer["load_error_w"]}
        stated |= {s["actuator"]: s["fill_error_wh"] for s in book.offer["stores"] if s["actuator"] in STORES}
        for what, row in stated.items():
            for said, true in zip(row or [None] * QUARTERS, book.happened(what), strict=True):
                if said is not None and true is not None:
                    pairs[what].append((said, true))
    return pairs


def near(said, true):
    """Within a quarter, or 15 W or Wh: what fading weights make of 32 values."""
    return abs(said - true) <= max(15, true / 4)


def means(pairs):
    """Of what was stated, and of what happened."""
    return tuple(mean(values) for values in zip(*pairs, strict=True))


def test_a_home_states_what_happened():
    begin = int(datetime(2026, 1, 12, tzinfo=ZONE).timestamp())
    pairs = compared(notebooks(begin, 2, [neighbourhood(20, 1)[12]]))
    for what, found in pairs.items():
        assert len(found) >= 3, what
        print(what, means(found))
        assert near(*means(found)), what


@pytest.mark.soak
@pytest.mark.timeout(86400)
def test_what_offers_of_twenty_homes_state_against_what_happened():
    told = "| week from | what | mean stated | mean that happened | within a quarter, or 15 W or Wh |\n"
    told += "|---|---|---:|---:|---:|\n"
    for start in ("2025-10-06", "2026-01-12", "2026-03-23"):
        begin = int(datetime.fromisoformat(start).replace(tzinfo=ZONE).timestamp())
        for what, found in compared(notebooks(begin, 7, neighbourhood(20, 1))).items():
            said, true = means(found)
            unit = "W" if what == "load" else "Wh"
            share = f"{100 * mean(near(*pair) for pair in found):.0f} % of {len(found)}"
            told += f"| {start} | {what} [{unit}] | {said:.0f} | {true:.0f} | {share} |\n"
            assert near(said, true), (start, what)
    head, _, rest = DOCS.read_text().partition("<!-- accuracy: begin -->")
    rest = rest.partition("<!-- accuracy: end -->")[2]
    DOCS.write_text(f"{head}<!-- accuracy: begin -->\n{told}<!-- accuracy: end -->{rest}")
