"""The portfolio's own variables in the interior-point method: trade, requests and reserve, and the one dense system that couples partitions."""

from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats, Ints
from osb_hub.dispatch.market import DOWN, UP, Market

BOUNDARY = 0.98
FIXED = 1e-9  # EUR per kW and slot: a smaller spread between buying and selling fixes the price
STIFF = 1e9
HAIR = 1e-4  # of a limit or promise: how far inside the method aims, so that what rounding leaves breaks nothing


@dataclass
class Hinges:
    """Soft rows `flow ≤ limit`, price y between 0 and `penalty`, room v, excess p; see feeder.py."""

    limit: Floats
    penalty: Floats
    y: Floats
    v: Floats
    p: Floats

    @classmethod
    def starting(cls, limit: Floats, penalty: Floats, flow: Floats, mu: float) -> "Hinges":
        d = np.maximum(limit - flow, 0.2 * np.abs(limit) + 0.1)
        q = 2 * mu + d * penalty
        y = (q - np.sqrt(np.maximum(q * q - 4 * d * mu * penalty, 0.0))) / (2 * d)
        return cls(limit, penalty, y, mu / y, mu / (penalty - y))

    def weights(self, mu: float) -> tuple[Floats, Floats]:
        """Y' = base + weight·flow'."""
        z = self.penalty - self.y
        weight = 1.0 / (self.p / z + self.v / self.y)
        return self.y - (self.limit + mu / z - mu / self.y) * weight, weight

    def fit(self, flow: Floats, mu: float) -> None:
        """Room and excess from what flows: v − p = limit − flow, v·p = mu²/(y·z); on the central path that is where they are."""
        self.v, self.p = _split(self.limit - flow, mu * mu / (self.y * (self.penalty - self.y)))

    def follow(self, dy: Floats, mu: float) -> tuple[Floats, Floats, float]:
        """Changes of room and excess along with that of the prices, and their largest ratio to what there is."""
        z = self.penalty - self.y
        dv, dp = mu / self.y - self.v - self.v / self.y * dy, mu / z - self.p + self.p / z * dy
        return dv, dp, float(max(np.max(-dv / self.v, initial=0.0), np.max(-dp / self.p, initial=0.0)))

    def ratio(self, dy: Floats) -> float:
        """Largest ratio of a change of the prices to its distance from a bound."""
        return float(max(np.max(-dy / self.y, initial=0.0), np.max(dy / (self.penalty - self.y), initial=0.0)))


def _split(difference: Floats, product: Floats) -> tuple[Floats, Floats]:
    """a, b > 0 with a − b and a·b as given."""
    root = np.sqrt(difference * difference + 4 * product)
    high = 0.5 * (np.abs(difference) + root)
    low = product / high
    return np.where(difference > 0, high, low), np.where(difference > 0, low, high)


class Portfolio:
    """Prices are EUR per kW and slot. `net_price` [T] includes requests; `reserve_price` [J] stands for all held columns."""

    def __init__(self, fleet: Fleet, market: Market, columns: "Columns", mu: float, weight: float, loose: bool) -> None:
        dt = fleet.slot_h
        self._columns, self._weight, self._loose = columns, weight, loose
        self._buy, self._sell = 1e3 * dt * market.buy_price, 1e3 * dt * market.sell_price
        self._fixed = self._buy - self._sell < FIXED
        spread = np.where(self._fixed, 1.0, self._buy - self._sell)
        self._trade_price = np.where(self._fixed, self._buy, self._buy - 0.3 * spread)
        self._bought, self._sold = weight * mu / (0.3 * spread), weight * mu / (0.7 * spread)
        slots, sign, limit, penalty = [], [], [], []
        for q in market.requests:
            up = q.direction == UP
            for t, base in zip(q.slots, q.baseline_w, strict=True):
                slots.append(t)
                sign.append(1.0 if up else -1.0)
                limit.append((base - q.power_w) / 1e3 if up else -(base + q.power_w) / 1e3)
                penalty.append(max(1e3 * dt * (q.price + q.shortfall_penalty), 1e-9))
        self._request_slot = np.array(slots, dtype=np.int64)
        self._request_sign = np.array(sign)
        self._requests: Hinges | None = None
        self._request_limit, self._request_penalty = np.array(limit), np.array(penalty)
        # reserve: −Σ reliability·r ≤ −(1 + margin)·R + shortfall
        offered = [p for p, r in enumerate(market.reserve) if r.offered]
        self._offer_of = np.full(len(market.reserve) + 1, -1)
        self._offer_of[offered] = np.arange(len(offered))
        products = [market.reserve[p] for p in columns.product]
        self._asked = np.array(
            [(1 + HAIR) * (1 + r.pool_margin) * (0.0 if r.offered else r.power_w) / 1e3 for r in products]
        )
        self._per_offer = np.zeros((columns.product.size, len(offered)))
        for j, p in enumerate(columns.product):
            if self._offer_of[p] >= 0:
                self._per_offer[j, self._offer_of[p]] = 1 + market.reserve[p].pool_margin
        most = max([1e3 * dt * abs(r.price) * len(r.slots) for r in market.reserve], default=0.0)
        self._reserve_penalty = np.array(
            [max(10 * most + 1.0 if r.offered else 1e3 * dt * r.shortfall_penalty, 1e-9) for r in products]
        )
        self._offer_max = np.array([market.reserve[p].power_w / 1e3 + 1e-9 for p in offered])
        self._offer_price = np.array(
            [1e3 * dt * market.reserve[p].price * len(market.reserve[p].slots) for p in offered]
        )
        self._offer = 0.3 * self._offer_max
        self._offer_low, self._offer_high = weight * mu / self._offer, weight * mu / (self._offer_max - self._offer)
        self._reserve = Hinges.starting(-self._asked, self._reserve_penalty, -self._asked, weight * mu)
        self.step = 1.0

    @property
    def request_price(self) -> Floats:
        return self._requests.y if self._requests is not None else np.zeros(self._request_slot.size)

    @property
    def net_price(self) -> Floats:
        price: Floats = self._trade_price.copy()
        np.add.at(price, self._request_slot, self._request_sign * self.request_price)
        return price

    @property
    def reserve_price(self) -> Floats:
        return self._reserve.y

    def newton(self, total: Floats, link: Floats, doing: Floats, mu: float) -> tuple[Floats, Floats, Floats]:
        """Full step: (change of all columns' prices, the net prices and the reserve prices to aim at); moves the portfolio part of it.

        total [n, n], link [n], doing [n]: sensitivity, link vector after a whole step of the homes at the prices of now, and as it is.
        """
        weight = self._weight * mu
        seen, slots = self._columns.seen, self._columns.slots
        total, link, doing = total[np.ix_(seen, seen)], link[seen], doing[seen]
        net_at, held_at = np.arange(slots), np.arange(slots, seen.size)
        net, got, net_now, got_now = link[net_at], -link[held_at], doing[net_at], -doing[held_at]
        if self._requests is None:
            flow = self._request_sign * net[self._request_slot]
            self._requests = Hinges.starting(self._request_limit, self._request_penalty, flow, weight)
            started = np.zeros(slots)
            np.add.at(started, self._request_slot, self._request_sign * self._requests.y)
        else:
            started = np.zeros(slots)
        if self._loose:
            self._requests.fit(self._request_sign * net_now[self._request_slot], weight)
            self._reserve.fit(self._per_offer @ self._offer - got_now, weight)
        # trade: bought − sold = n0 + stiffness·(change of its price)
        dear, cheap = self._buy - self._trade_price, self._trade_price - self._sell
        dear, cheap = np.where(self._fixed, 1.0, dear), np.where(self._fixed, 1.0, cheap)
        if self._loose:
            self._bought, self._sold = _split(net_now, weight * weight / (dear * cheap))  # type: ignore[assignment]
        stiffness = np.where(self._fixed, STIFF, self._bought / dear + self._sold / cheap)
        trade0 = np.where(self._fixed, 0.0, weight / dear - weight / cheap)
        base, per_net = self._requests.weights(weight)
        slot, sign = self._request_slot, self._request_sign
        theta, kappa = np.zeros(net.size), np.zeros(net.size)
        np.add.at(theta, slot, per_net)
        np.add.at(kappa, slot, sign * (base - self._requests.y))
        kappa += started  # prices of requests that the homes have not seen yet
        firm = 1.0 + stiffness * theta
        per_price, trade = stiffness / firm, (trade0 - stiffness * kappa) / firm
        # reserve: y' = base − weight·(got' − (1 + margin)·R')
        r_base, r_weight = self._reserve.weights(weight)
        offer_stiff = self._offer_low / self._offer + self._offer_high / (self._offer_max - self._offer)
        offer_pull = self._offer_price + weight / self._offer - weight / (self._offer_max - self._offer)
        n, m = link.size, self._offer.size
        matrix, right = np.zeros((n + m, n + m)), np.zeros(n + m)
        matrix[:n, :n] = total
        matrix[net_at, net_at] += per_price
        right[net_at] = net - trade
        matrix[held_at, held_at] += 1.0 / r_weight
        offered = self._per_offer @ self._offer
        right[held_at] = (r_base - self._reserve.y) / r_weight - got + offered
        matrix[np.ix_(held_at, np.arange(n, n + m))] = -self._per_offer
        matrix[np.ix_(np.arange(n, n + m), held_at)] = self._per_offer.T
        matrix[n:, n:] = np.diag(offer_stiff)
        right[n:] = offer_pull - self._per_offer.T @ self._reserve.y
        change = np.linalg.solve(matrix, right)
        full, d_offer = change[:n], change[n:]
        goal_net, goal_reserve = self.net_price - started + full[net_at], self._reserve.y + full[held_at]
        # what the parts make of it
        net_after = trade + per_price * full[net_at]
        dy = base + per_net * sign * net_after[slot] - self._requests.y
        d_price = full[net_at] - started
        np.add.at(d_price, slot, -sign * dy)
        d_price = np.where(self._fixed, 0.0, d_price)
        free = ~self._fixed
        d_low = weight / self._offer - self._offer_low - self._offer_low / self._offer * d_offer
        left = self._offer_max - self._offer
        d_high = weight / left - self._offer_high + self._offer_high / left * d_offer
        primal = [BOUNDARY, *(-d_offer / self._offer), *(d_offer / left)]
        dual = [
            BOUNDARY,
            *(d_price / dear)[free],
            *(-d_price / cheap)[free],
            *(-d_low / self._offer_low),
            *(-d_high / self._offer_high),
        ]
        dual += [self._requests.ratio(dy), self._reserve.ratio(full[held_at])]
        d_bought = weight / dear - self._bought + self._bought / dear * d_price
        d_sold = weight / cheap - self._sold - self._sold / cheap * d_price
        request_v, request_p, a = self._requests.follow(dy, weight)
        reserve_v, reserve_p, b = self._reserve.follow(full[held_at], weight)
        if not self._loose:
            primal += [a, b, *(-d_bought / self._bought)[free], *(-d_sold / self._sold)[free]]
        ap, ad = BOUNDARY / max(primal), BOUNDARY / max(dual)
        if not self._loose:
            self._bought, self._sold = self._bought + ap * d_bought, self._sold + ap * d_sold
            self._requests.v, self._requests.p = self._requests.v + ap * request_v, self._requests.p + ap * request_p
            self._reserve.v, self._reserve.p = self._reserve.v + ap * reserve_v, self._reserve.p + ap * reserve_p
        self._trade_price = self._trade_price + ad * d_price
        self._requests.y = self._requests.y + ad * dy
        self._reserve.y = self._reserve.y + ad * full[held_at]
        self._offer = self._offer + ap * d_offer
        self._offer_low, self._offer_high = self._offer_low + ad * d_low, self._offer_high + ad * d_high
        self.step = float(min(ap, ad))
        spelled: Floats = np.zeros(self._columns.width)
        spelled[seen] = full
        return spelled, goal_net, goal_reserve


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of the link vector: per slot net, then upward and downward reserve where some is held, then both weighted by reliability."""

    slots: int
    slot: Ints  # [J] of each held column
    side: Ints  # [J] 0 up, 1 down
    product: Ints  # [J]
    length: Ints  # [J] windows within the horizon
    net_at: Ints  # [T] place in the link vector
    held_at: Ints  # [J] plain ...
    weighted_at: Ints  # [J] ... and weighted by reliability
    longest: int

    @property
    def width(self) -> int:
        """Of a link vector: net, reserve, and once more the reserve weighted by reliability."""
        return self.slots + 2 * self.slot.size

    @property
    def seen(self) -> Ints:
        """[T + J] what the portfolio sees of a link vector: net, and weighted reserve."""
        return np.concatenate([self.net_at, self.weighted_at])

    @classmethod
    def of(cls, market: Market) -> "Columns":
        up, down = market.held(UP), market.held(DOWN)
        slot = np.concatenate([up.slots, down.slots]).astype(np.int64)
        side = np.concatenate([np.zeros(up.slots.size), np.ones(down.slots.size)]).astype(np.int64)
        order = np.lexsort((side, slot))
        slot, side = slot[order], side[order]
        product = np.concatenate([up.product, down.product])[order]
        length = np.minimum(np.concatenate([up.endurance, down.endurance])[order], market.slots - slot)
        begin = np.searchsorted(slot, np.arange(market.slots))  # held columns of earlier slots
        many = np.searchsorted(slot, np.arange(market.slots), side="right") - begin
        net_at = np.arange(market.slots) + 2 * begin
        held_at = net_at[slot] + 1 + np.arange(slot.size) - begin[slot]
        weighted_at = held_at + many[slot]
        longest = max(1, int(length.max(initial=1)))
        return cls(market.slots, slot, side, product, length, net_at, held_at, weighted_at, longest)
