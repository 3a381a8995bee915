"""Spot prices per slot, and the retail prices that follow from them. All in EUR/MWh."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from osb_hub.errors import InputError
from osb_wire import SLOT_S

Floats = NDArray[np.float64]

DAY_S = 86400
_LOOK_DAYS = 400


@dataclass(frozen=True, eq=False)
class PriceSeries:
    """Spot price of consecutive slots, the first of which starts at `start` [Unix s]."""

    start: int
    eur_per_mwh: Floats

    @property
    def slots(self) -> int:
        return int(self.eur_per_mwh.size)

    @property
    def end(self) -> int:
        return self.start + self.slots * SLOT_S

    def by_slot(self) -> dict[int, float]:
        """Start of each slot → price."""
        return {self.start + i * SLOT_S: float(price) for i, price in enumerate(self.eur_per_mwh)}


@dataclass(frozen=True)
class Tariff:
    """What a household pays and gets for a spot price.

    The defaults are round figures for a Belgian household in 2026: grid fee and levies 160 EUR/MWh before VAT of 6 %,
    and a supplier who keeps 5 EUR/MWh of what is fed in. Without a price on the highest power; in Flanders it is
    about 40 EUR a kW and year.
    """

    fee_eur_per_mwh: float = 160.0
    vat_pct: float = 6.0
    export_margin_eur_per_mwh: float = 5.0
    capacity_eur_per_kw_year: float = 0.0

    @property
    def peak_price(self) -> float:
        """What one more W in the highest 15-minute import of a month costs [EUR/W].

        Capacity tariff as in Flanders: billed is the mean of the twelve monthly peaks, each at least 2.5 kW.
        """
        return self.capacity_eur_per_kw_year / 12 / 1000

    def import_price(self, spot: Floats) -> Floats:
        """(spot + fee) · (1 + VAT)."""
        return (spot + self.fee_eur_per_mwh) * (1 + self.vat_pct / 100)

    def export_price(self, spot: Floats) -> Floats:
        """Spot less the supplier's margin, and never above the import price, or a circle of energy would earn."""
        return np.minimum(spot - self.export_margin_eur_per_mwh, self.import_price(spot))


def month_begin(t: int, zone: ZoneInfo) -> int:
    """When the local month began that contains `t` [Unix s]."""
    local = datetime.fromtimestamp(t, zone)
    return int(datetime(local.year, local.month, 1, tzinfo=zone).timestamp())


def spot(known: Mapping[int, float], start: int, slots: int) -> Floats:
    """Price of each slot from `start`; a slot without one has that of the same slot a day (24 h) earlier, or later.

    `known` is start of slot → price. InputError if it holds nothing for some time of the day.
    """
    return np.array([_nearest(known, start + i * SLOT_S) for i in range(slots)])


def _nearest(known: Mapping[int, float], t: int) -> float:
    """Price at `t`, else on the latest day before at that time, else on the first day after."""
    for days in (*range(0, -_LOOK_DAYS, -1), *range(1, _LOOK_DAYS)):
        if t + days * DAY_S in known:
            return known[t + days * DAY_S]
    raise InputError(f"No price is known for {datetime.fromtimestamp(t, UTC):%H:%M} UTC on any day.")


def at_clock_times(series: PriceSeries, zone: ZoneInfo, start: int, slots: int) -> PriceSeries:
    """The prices of one local day laid over other slots by the time on the clock, which also fits DST days."""
    by_clock = {_clock(t, zone): price for t, price in series.by_slot().items()}
    prices = []
    for t in range(start, start + slots * SLOT_S, SLOT_S):
        if _clock(t, zone) not in by_clock:
            raise InputError(f"The prices hold nothing for {_clock(t, zone)[0]:02}:{_clock(t, zone)[1]:02} local time.")
        prices.append(by_clock[_clock(t, zone)])
    return PriceSeries(start, np.array(prices))


def _clock(t: int, zone: ZoneInfo) -> tuple[int, int]:
    local = datetime.fromtimestamp(t, zone)
    return local.hour, local.minute
