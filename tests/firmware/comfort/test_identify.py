"""The building found on the box, with a board's short floats, in homes of which the bench knows the truth.

The bench's homes have two masses, sun and people; their installers' numbers are wrong by 10 to 15 %.
"""

import math

import pytest
from measured_home import JANUARY, OCTOBER, Follower, Home, homes, truth
from single_precision import load, single


def follow(spec, days, building=None, **home):
    box = Follower(spec, building)
    for measured in Home(spec, days, **home).slots():
        box.slot(*measured)
    return box


@pytest.mark.parametrize("spec", homes(3), ids=lambda spec: spec.id)
def test_loss_and_capacity_of_a_home_that_is_used(spec):
    loss, capacity = truth(spec)
    # an installer who guesses a third too low; a heat pump that works hard has a worse COP than the one of its plate,
    # so what moves the temperature costs more of the plate's heat: the capacity is found up to a quarter too high
    guess = {"loss_w_k": round(0.7 * loss), "capacity_wh_k": round(0.7 * capacity), "gain_w": 350}
    box = follow(spec, 45, guess)
    assert box.store.loss == pytest.approx(loss, rel=0.1)
    assert box.store.capacity == pytest.approx(capacity, rel=0.3)


@pytest.mark.parametrize("start", [OCTOBER, JANUARY], ids=["autumn", "winter"])
def test_what_a_still_home_does_not_show_stays_with_the_installer(start):
    spec = homes(1)[0]
    loss, _ = truth(spec)
    guess = {"loss_w_k": round(0.7 * loss), "capacity_wh_k": 14000, "gain_w": 350}
    box = follow(spec, 30, guess, steady=True, start=start)
    # a mild and sunny autumn with little heating tells less
    assert box.store.loss == pytest.approx(loss, rel=0.25 if start == OCTOBER else 0.12)
    assert box.store.capacity == pytest.approx(14000, rel=0.25 if start == OCTOBER else 0.02)


def ahead(box, spec, seed, shapes):
    """Real mean errors [mK] four hours ahead over a fortnight of models {name: (loss, capacity, lead, sun)}."""
    thermal, stores, wrong = load("thermal"), {}, {name: [] for name in shapes}
    for name, (loss, capacity, lead, sun) in shapes.items():
        stores[name] = thermal.HeatStore(loss, capacity)
        stores[name].lead_mk_kw, stores[name].sun_w = lead, sun
    rows = list(Home(spec, 21, seed=seed).slots())
    gain_w, most_w = box.building["gain_w"], 10 * box.building["loss_w_k"]
    for name, store in stores.items():
        warm, heats, warms = 0.0, [], []
        gains_w = [gain_w + store.sun_w * row[3] // 1000 for row in rows]
        for _, outdoor_mc, electric, _, _ in rows:
            heats.append(electric * box.interpolate(box.cop_pm, outdoor_mc) // 1000)
            warm = (warm + heats[-1] / 1000) / 2
            warms.append(int(store.lead_mk_kw * warm))
        for k in range(1, len(rows) - 16):
            slow = rows[k - 1][0] - warms[k - 1]
            if k > 7 * 96:
                mc = slow
                for j in range(k, k + 16):
                    mc = store.predict(mc, rows[j][1], gains_w[j], heats[j])
                wrong[name].append(abs(mc + warms[k + 15] - rows[k + 15][0]))
            miss = rows[k][0] - warms[k] - store.predict(slow, rows[k][1], gains_w[k], heats[k])
            store.bias_w = max(-most_w, min(most_w, store.bias_w + miss * store.capacity * 4 // 1000 // 24))
    return {name: sum(errors) / len(errors) for name, errors in wrong.items()}


@pytest.mark.parametrize("spec", homes(3), ids=lambda spec: spec.id)
def test_the_stated_error_is_the_real_one_and_smaller_than_without(spec):
    box = follow(spec, 45)
    stated = box.identify.error_mk(box.store.memory)
    config = box.building["loss_w_k"], box.building["capacity_wh_k"], 0, 0
    found = box.store.loss, box.store.capacity, box.store.lead_mk_kw, box.store.sun_w
    one_mass = box.store.loss, box.store.capacity, 0, box.store.sun_w
    real = ahead(box, spec, 9, {"installer": config, "found": found, "one mass": one_mass})
    assert real["found"] < 0.7 * real["installer"], real
    assert real["found"] < 0.7 * real["one mass"], real
    assert 0.6 * stated < real["found"] < 1.67 * stated, (stated, real)


def test_gaps_glitches_noise_and_open_windows_do_not_lead_it_astray():
    spec = homes(2)[1]
    loss, capacity = truth(spec)
    box = follow(spec, 45, trouble=True)
    assert box.store.loss == pytest.approx(loss, rel=0.2)  # airing is a loss, too
    assert box.store.capacity == pytest.approx(capacity, rel=0.3)
    assert abs(box.store.bias_w) < 800


def test_nothing_is_stated_nor_used_before_a_week():
    spec = homes(1)[0]
    box = follow(spec, 5)
    assert box.identify.error_mk(box.store.memory) is None
    assert (box.store.loss, box.store.capacity) == (box.building["loss_w_k"], box.building["capacity_wh_k"])
    assert box.store.lead_mk_kw == 0


def test_the_matrix_is_solved_as_by_others():
    import numpy as np

    identify = load("identify")
    memory = identify.begin({"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350})
    assert identify.solve(memory) == pytest.approx([6.0, 1.8, 0.35, 0.0, 0.0, 0.0], abs=1e-6)
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(12, 6))
    matrix, vector = rows.T @ rows + np.eye(6), rng.normal(size=6)
    memory[:21] = type(memory)("f", [matrix[i, j] for i in range(6) for j in range(i + 1)])
    memory[21:27] = type(memory)("f", vector.tolist())
    assert identify.solve(memory) == pytest.approx(np.linalg.solve(matrix, vector).tolist(), abs=1e-4)


def test_floats_in_memory_are_a_boards():
    box = follow(homes(1)[0], 2)
    assert all(math.isfinite(x) and single(x) == x for x in box.store.memory)
    assert box.store.memory.itemsize == 4
