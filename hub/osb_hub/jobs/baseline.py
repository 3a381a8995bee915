"""What an actuator is expected to do that nobody dispatches (pure)."""

from typing import Any

from osb_wire import SLOT_S

_HOURS = SLOT_S / 3600


def expected_power(offer: dict[str, Any], store: dict[str, Any], start: int, slots: int) -> list[int]:
    """W per slot from `start` if the home by itself only keeps the lower edge of the band; past the offer's end the
    last slot is repeated.

    Recursion of the leaky store (S2, EN 50491-12-2): fill' = retention·fill + eta_in·charge·dt + usage·dt.
    """
    behind = max(0, (start - offer["start"]) // SLOT_S)
    fill = float(store["fill_wh"])
    out = []
    for i in range(behind + slots):
        index = min(i, offer["slots"] - 1)
        eta = _at(store["eta_in_pm"], index) / 1000
        fill = fill * _at(store["retention_ppm"], index) / 1e6 + _at(store["usage_w"], index) * _HOURS
        missing = max(0.0, _at(store["fill_min_wh"], index) - fill)
        charge = min(missing / (eta * _HOURS), _at(store["charge_max_w"], index))
        fill += charge * eta * _HOURS
        out.append(round(charge))
    return out[behind:]


def _at(series: int | list[int], index: int) -> int:
    return series[index] if isinstance(series, list) else series
