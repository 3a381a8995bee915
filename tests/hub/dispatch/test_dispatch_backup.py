"""Backup homes follow their own best plan alone while the others can keep the limits. Slots are 900 s."""

import numpy as np
import pytest
from test_dispatch_planner import INF, needs, offer, plan, problem

CHEAP_FIRST = np.array([100.0, 200, 200])


def street(limit_w, **fields):
    """Two cars that need 1000 Wh each; alone each takes 4 kW in the first slot."""
    offers = {name: offer(3, needs(1000, 2, 3)) for name in ("box-1", "box-2")}
    limits = {"street": np.array([limit_w, INF, INF])}
    return problem(3, offers, import_price=CHEAP_FIRST, limits=limits, **fields)


def test_the_others_move_first():
    result = plan(street(5000.0, backup=frozenset({"box-2"})))
    assert result.power_w["box-2"]["ev"] == [4000, 0, 0]
    assert result.power_w["box-1"]["ev"][0] == 1000
    assert result.net_w["box-2"] == [4000, 0, 0]
    assert result.shortfall_w["street"] == [0, 0, 0]
    # box-1 pays 100 EUR/MWh more for 750 Wh; the backup home has lost nothing
    assert result.due_eur == pytest.approx({"box-1": 0.075, "box-2": 0.0})
    both = plan(street(5000.0))
    assert sum(both.power_w[box]["ev"][0] for box in ("box-1", "box-2")) == 5000


def test_a_limit_that_the_others_cannot_keep_draws_them_in():
    result = plan(street(3000.0, backup=frozenset({"box-2"})))
    assert result.shortfall_w["street"] == [0, 0, 0]
    assert sum(result.power_w[box]["ev"][0] for box in ("box-1", "box-2")) == 3000
    assert "box-2: drawn in as backup, because a limit would be broken without." in result.sentence


def test_a_backup_home_that_cannot_be_ready_is_named():
    offers = {"box-1": offer(3, needs(1000, 2, 3)), "box-2": offer(3, needs(9000, 2, 3))}
    result = plan(problem(3, offers, backup=frozenset({"box-2"})))
    assert result.status == "infeasible"
    assert result.sentence == "Cannot be kept: box-2 ev (6000 Wh outside its band in 23:30 UTC)."
    assert result.power_w["box-2"]["ev"] == [4000, 4000, 4000]
