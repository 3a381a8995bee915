"""Who lives on which feeder and owns what: the draws that make a benchmark fleet heterogeneous."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osb_hub.dispatch.fleet import Ints

Singles = NDArray[np.float32]

BATTERY, CAR, ROOM, TANK = 0, 1, 2, 3
OWNED = (0.4, 0.5, 0.6, 0.3)  # share of homes with each kind: 1.8 stores a home
TWO_WAY_CARS = 0.2
WITH_PV = 0.45
BACKUP = 0.02
FEEDER_HOMES = (50, 100)


@dataclass(frozen=True, eq=False)
class Households:
    """S stores of H homes, in the order of the fleet file."""

    home_feeder: Ints  # [H]
    store_home: Ints  # [S]
    kind: Ints  # [S] BATTERY, CAR, ROOM or TANK
    two_way: NDArray[np.bool_]  # [S] a car that can give back
    pv_w: Singles  # [H] of panels
    reliability: Singles  # [H]
    backup: NDArray[np.bool_]  # [H]

    @property
    def homes(self) -> int:
        return int(self.home_feeder.size)

    @property
    def stores(self) -> int:
        return int(self.store_home.size)

    def rows(self, kind: int) -> Ints:
        """The stores of this kind."""
        return np.flatnonzero(self.kind == kind)


def feeder_sizes(homes: int, rng: np.random.Generator) -> Ints:
    """[F] homes of each feeder: 50 to 100; a fleet of fewer than 50 has one feeder."""
    fewest, most = FEEDER_HOMES
    feeders = max(1, round(2 * homes / (fewest + most)), -(-homes // most))
    sizes = np.full(feeders, homes // feeders)
    sizes[: homes % feeders] += 1
    room = max(0, min(int(sizes.min()) - fewest, most - int(sizes.max())))
    pairs = feeders // 2
    moved = rng.integers(-room, room + 1, pairs)
    sizes[:pairs] += moved
    sizes[pairs : 2 * pairs] -= moved
    return sizes


def households(homes: int, rng: np.random.Generator) -> Households:
    """`homes` homes drawn with `rng`."""
    sizes = feeder_sizes(homes, rng)
    owns = rng.random((homes, len(OWNED))) < OWNED
    store_home, kind = np.nonzero(owns)
    return Households(
        home_feeder=np.repeat(np.arange(sizes.size), sizes),
        store_home=store_home,
        kind=kind,
        two_way=(kind == CAR) & (rng.random(kind.size) < TWO_WAY_CARS),
        pv_w=np.where(rng.random(homes) < WITH_PV, rng.uniform(3000, 9000, homes), 0).astype(np.float32),
        reliability=rng.uniform(0.7, 1.0, homes).astype(np.float32),
        backup=rng.random(homes) < BACKUP,
    )
