"""What requests and reserve cost and earn, from what the homes draw and hold."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.certificate.parts import Doubles
from osb_hub.dispatch.market import UP, Held, Market


@dataclass(frozen=True, eq=False)
class Kept:
    """Of requests, or of reserve."""

    cost_eur: float  # what is missing, less what is earned
    penalty_eur: float  # the part of it that is penalty
    promised_w: Doubles  # [Q] or [P]
    held_w: Doubles  # [Q, T] or [P, T]
    shortfall_w: Doubles


def of_requests(market: Market, net: Doubles, dt: float) -> Kept:
    """Missing of a request is net + power − baseline upwards, baseline + power − net downwards, if above 0.

    What is missing is not paid for, and costs the penalty.
    """
    cost = penalty = 0.0
    shortfall, delivered = np.zeros((2, len(market.requests), net.size))
    for q, request in enumerate(market.requests):
        at, sign = list(request.slots), 1.0 if request.direction == UP else -1.0
        missing = (request.power_w + sign * (net[at] - request.baseline_w)).clip(min=0.0)
        shortfall[q, at], delivered[q, at] = missing, request.power_w - missing
        penalty += request.shortfall_penalty * dt * float(missing.sum())
        cost -= request.price * dt * float((request.power_w - missing).sum())
    power = np.array([request.power_w for request in market.requests])
    return Kept(cost + penalty, penalty, power, delivered, shortfall)


def of_reserve(market: Market, held: Mapping[str, Held], surely: Mapping[str, Doubles], dt: float) -> Kept:
    """Contracted: what is missing of (1 + pool_margin)·R costs the penalty. Offered: as much as is held in all slots.

    `surely` is what is held, direction → [J], counted by its reliability.
    """
    cost = penalty = 0.0
    promised = np.array([product.power_w for product in market.reserve])
    kept, shortfall = np.zeros((2, len(market.reserve), market.slots))
    for p, product in enumerate(market.reserve):
        at = list(product.slots)
        kept[p, at] = surely[product.direction][held[product.direction].product == p]
        if product.offered:
            most = float(kept[p, at].min()) / (1.0 + product.pool_margin) if product.price > 0.0 else 0.0
            promised[p] = min(product.power_w, most)
        else:
            shortfall[p, at] = ((1.0 + product.pool_margin) * product.power_w - kept[p, at]).clip(min=0.0)
        penalty += product.shortfall_penalty * dt * float(shortfall[p].sum())
        cost -= product.price * dt * promised[p] * len(at)
    return Kept(float(cost) + penalty, penalty, promised, kept, shortfall)
