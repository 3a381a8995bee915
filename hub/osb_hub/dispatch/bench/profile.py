"""Where the structured solver's time goes, a home and pass: `python -m osb_hub.dispatch.bench.profile --homes 1000`.

A pass over all homes is run up to one of its parts, each time a part further: the differences are what the parts
take. Compiled anew at every start, which takes two minutes.
"""

import argparse
import time
from typing import Any

import numba
import numpy as np

from osb_hub.dispatch.bench.generate import generate
from osb_hub.dispatch.structured.feeder import eliminate
from osb_hub.dispatch.structured.kernel import FAST
from osb_hub.dispatch.structured.newton import newton
from osb_hub.dispatch.structured.prices import home_prices
from osb_hub.dispatch.structured.solver import Structured
from osb_hub.dispatch.structured.step import take_step
from osb_hub.dispatch.structured.sweep import fetch
from osb_hub.dispatch.structured.yields import yields

PARTS = ("reading data and iterate", "Newton system and solution", "yields, added up", "step")
WARM = 8  # passes before: the iterate of a solve under way


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Where the structured solver's time goes.")
    parser.add_argument("--homes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    fleet, market = generate(asked.homes, asked.seed)
    method = Structured(fleet, market, workers=1)
    for _ in range(WARM):
        method._once()
    spent = [0.0, *(_least(_through, last, *_arguments(method)) for last in range(1, len(PARTS) + 1))]
    for part, before, after in zip(PARTS, spent[:-1], spent[1:], strict=True):
        print(f"{part:30} {1e6 * (after - before) / fleet.homes:7.1f} us")
    print(f"{'eliminating feeders':30} {1e6 * _eliminating(method) / fleet.homes:7.1f} us")
    began = time.process_time()
    for _ in range(WARM):
        method._once()
    print(f"{'a whole pass':30} {1e6 * (time.process_time() - began) / WARM / fleet.homes:7.1f} us")


def _least(work: Any, *arguments: Any) -> float:
    """Seconds of the fastest of five calls; the first compiles."""
    times = []
    for _ in range(6):
        began = time.process_time()
        work(*arguments)
        times.append(time.process_time() - began)
    return min(times[1:])


def _arguments(method: Structured) -> tuple[Any, ...]:
    work, portfolio, fleet = method._work, method._portfolio, method._fleet
    feeder = np.array(fleet.home_feeder, dtype=np.int64)
    return (
        work.stores_of, work.data, work.fills, work.kept, work.reserves, work.hold, portfolio.net_price,
        portfolio.reserve_price, work.path, feeder, fleet.slot_h, work.hard, work.grain, method._mean, work.space.home,
        work.space.feeder[0],
    )  # fmt: skip


def _eliminating(method: Structured) -> float:
    """Seconds for the limits of all feeders."""
    theta, base, root, lower, yielding, pull, phi, _ = (a.copy() for a in method._work.elimination)
    width = yielding[0].shape[1]
    spread = np.eye(width) + 0.01

    def all_feeders() -> None:
        for f in range(len(theta)):
            flow = np.zeros(theta[f].size)
            arguments = (theta[f], base[f], method._work.rows, root[f], lower[f], yielding[f], pull[f])
            eliminate(spread.copy(), np.zeros(width), flow, phi[f], *arguments)

    return _least(all_feeders)


@numba.njit(fastmath=FAST, error_model="numpy", _nrt=False)  # type: ignore[untyped-decorator]
def _through(
    last: int,
    stores_of: Any,
    data: Any,
    fills: Any,
    kept: Any,
    reserves: Any,
    hold: Any,
    net_price: Any,
    reserve_price: Any,
    path: Any,
    feeder: Any,
    dt: float,
    hard: float,
    grain: float,
    mu: float,
    home_space: Any,
    total: Any,
) -> Any:
    slots = net_price.size
    h, x, g, z, room = home_space
    total[:, :] = 0.0
    reliability, holds = reserves[3], reserves[4]
    for i in range(feeder.size):
        first, k, p, holding = stores_of[i], stores_of[i + 1] - stores_of[i], kept[6][i], holds[i]
        fetch(h, x, g, z, p, i, first, k, data, fills, kept, reserves, hold, dt, hard, grain, slots)
        home_prices(h, z, reliability[i], hold, net_price, reserve_price, path[feeder[i]], slots)
        if last > 1:
            newton(h, x, p, k, slots, mu, room, holding, hold, g, z)
        if last > 2:
            yields(h, x, p, k, slots, room, holding, hold, g, z, reliability[i], total)
        if last > 3:
            take_step(h, x, p, k, slots, mu, holding, hold, g, z)
    return total[0, 0]


if __name__ == "__main__":
    main()
