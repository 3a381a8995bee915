"""A household's own prices, from the spot prices in the store: sent to boxes at hello and whenever they change."""

from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any

import numpy as np

from osb_hub.prices.series import Tariff
from osb_wire import SLOT_S


def message(known: Mapping[int, float], tariff: Tariff, slot: int, now: int) -> dict[str, Any] | None:
    """The wire message `prices` for the slots from `slot` on, as far as spot prices are known without a gap.

    `known` is start of slot → spot price [EUR/MWh]. None where nothing is known. The box repeats the day by itself.
    """
    starts = list(takewhile(known.__contains__, (slot + i * SLOT_S for i in count())))
    if not starts:
        return None
    spot = np.array([known[start] for start in starts])
    buy, sell = tariff.import_price(spot), tariff.export_price(spot)
    return {
        "t": now,
        "start": slot,
        "slots": len(starts),
        "buy_eur_mwh": [round(price) for price in buy.tolist()],
        "sell_eur_mwh": [round(price) for price in sell.tolist()],
    }
