"""The one loop of the certificate, compiled: imported only where there are enough stores to be worth it."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from numba import njit

from osb_hub.dispatch.certificate import best_response


def _compiled(function: Callable[..., Any], *helpers: Callable[..., Any]) -> Callable[..., Any]:
    """`function` with the helpers that it calls, each compiled after those before it, and kept on disk."""
    names = dict(vars(best_response))
    for each in (*helpers, function):
        assert isinstance(each, FunctionType)
        bound = FunctionType(each.__code__, names, each.__name__)
        bound.__module__ = each.__module__
        names[each.__name__] = njit(cache=True, nogil=True, error_model="numpy")(bound)
    compiled: Callable[..., Any] = names[function.__name__]
    return compiled


least_costs = _compiled(
    best_response.least_costs,
    best_response.reach,
    best_response.move_fill_cost,
    best_response.steepen_left,
    best_response.steepen_right,
    best_response.insert_from_left,
    best_response.insert_from_right,
    best_response.cut_left,
    best_response.cut_right,
    best_response.least_cost,
)
