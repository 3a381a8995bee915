"""What a market must hold, what is said when it does not, and which slots are held by which product."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from osb_hub.dispatch.market import DOWN, UP, Market, Request, Reserve, holders, no_market
from osb_hub.errors import InputError


def request(**changes):
    given = {"name": "evening", "direction": UP, "slots": (1, 2), "power_w": 1000, "baseline_w": 5000}
    return Request(**{**given, "price": 2e-4, "shortfall_penalty": 1e-3, **changes})


def reserve(**changes):
    given = {"name": "afrr", "direction": UP, "slots": (0, 1), "power_w": 1000, "endurance": 2}
    return Reserve(**{**given, "price": 1e-5, "shortfall_penalty": 1e-3, **changes})


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: request(direction="sideways"), "direction of request evening is 'sideways'; it is 'up' or 'down'."),
        (
            lambda: request(slots=(2, 1)),
            "slots of request evening are [2, 1]; they are numbers of slots, at least one, rising from 0.",
        ),
        (
            lambda: reserve(slots=()),
            "slots of reserve afrr are []; they are numbers of slots, at least one, rising from 0.",
        ),
        (
            lambda: reserve(slots=(-1, 0)),
            "slots of reserve afrr are [-1, 0]; they are numbers of slots, at least one, rising from 0.",
        ),
        (lambda: request(power_w=-5), "power_w of request evening is -5; it is a power of at least 0 W."),
        (lambda: reserve(power_w=np.nan), "power_w of reserve afrr is nan; it is a power of at least 0 W."),
        (lambda: request(price=np.inf), "price of request evening is inf; it is a number [EUR/Wh]."),
        (
            lambda: request(shortfall_penalty=-1e-3),
            "shortfall_penalty of request evening is -0.001; it is at least 0 [EUR/Wh].",
        ),
        (
            lambda: request(price=-2e-3),
            "price of request evening is -0.002: to fail it would earn more than the penalty costs.",
        ),
        (lambda: request(baseline_w=[1, 2, 3]), "baseline_w of request evening has 3 values for 2 slots."),
        (
            lambda: request(baseline_w=[1, np.nan]),
            "baseline_w of request evening is not a finite number in entry 1.",
        ),
        (lambda: reserve(endurance=0), "endurance of reserve afrr is 0; it is a number of slots, 1 to 1000."),
        (lambda: reserve(pool_margin=-0.1), "pool_margin of reserve afrr is -0.1; it is a share of at least 0."),
        (
            lambda: Market(np.array([1e-4, 1e-4]), np.array([0, 2e-4])),
            "buy_price in slot 1 is 0.0001 EUR/Wh, below the sell price of 0.0002: "
            "trading in a circle would earn without end.",
        ),
        (
            lambda: Market(np.zeros(3), np.zeros(2)),
            "sell_price has 2 values, buy_price 3; both have one per slot.",
        ),
        (lambda: Market(np.array([np.inf]), np.zeros(1)), "buy_price is not a finite number in entry 0."),
        (
            lambda: Market(np.zeros(2), np.zeros(2), (request(),)),
            "request evening has slot 2, but there are 2 slots (0 to 1).",
        ),
        (
            lambda: Market(np.zeros(2), np.zeros(2), (), (reserve(), reserve(name="mfrr", slots=(1,)))),
            "reserve afrr and mfrr are both held up in slot 1: a slot has one product per direction.",
        ),
        (lambda: no_market(92).checked(96), "The market has 92 slots, the fleet 96: both need the same."),
    ],
)
def test_a_wrong_market_is_refused_in_one_sentence(make, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        make()


def test_held_slots_are_sorted_and_know_their_product_and_endurance():
    late, early = reserve(slots=(3, 5), endurance=4), reserve(slots=(0, 2), endurance=2)
    other = reserve(direction=DOWN, slots=(2, 3), endurance=1)
    market = Market(np.zeros(6), 0.0, (), (late, early, other))
    up, down = market.held(UP), market.held(DOWN)
    assert_array_equal(up.slots, [0, 2, 3, 5])
    assert_array_equal(up.product, [1, 1, 0, 0])
    assert_array_equal(up.endurance, [2, 2, 4, 4])
    assert (up.longest, down.longest) == (4, 1)
    assert_array_equal(down.slots, [2, 3])
    assert (no_market(6).held(UP).slots.size, no_market(6).held(UP).longest) == (0, 0)


def test_stores_of_backup_homes_and_of_homes_that_never_deliver_hold_no_reserve(make_fleet):
    fleet = make_fleet(
        2, [{"home": 0}, {"home": 1}, {"home": 2}], homes=3, backup=[1, 0, 0], reliability=[[1, 1], [0.5, 0], [1, 1]]
    )
    held = Market(np.zeros(2), 0.0, (), (reserve(),)).held(UP)
    assert_array_equal(holders(fleet, held), [[False, False], [True, False], [True, True]])
