"""Long forms: three weeks of many people, a thousand overrides, a year of homes in single precision.

What the last full run said is in docs/comfort.md.
"""

import math
from pathlib import Path

import pytest
from measured_home import JANUARY, Follower, Home, homes, truth

from on_vm import run_vm

SCRIPT = Path(__file__).with_name("soak_people.py")


def on_vm(*args):
    done = run_vm(SCRIPT, *args, heap="400k", timeout=1500)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("how", "seeds"), [("band", 25), ("whole", 3)])
def test_set_points_after_three_weeks_are_those_of_the_people(how, seeds):
    rows = [line.split(";") for line in on_vm(how, str(seeds))]
    assert len(rows) == 4 * seeds
    means, most = [int(row[2]) for row in rows], [int(row[3]) for row in rows]
    print(f"{how}: mean {sum(means) / len(means):.0f} mK, worst mean {max(means)} mK, ", end="")
    print(f"95 % of awake time within 0.5 K for {sum(mk <= 500 for mk in most)} of {len(most)}")
    assert max(means) <= 200
    assert sum(mk <= 500 for mk in most) >= 0.9 * len(most)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_thousand_overrides_at_random_moments():
    assert on_vm("moments", "1000", "3") == ["obeyed 1000"]


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("spec", homes(6), ids=lambda spec: spec.id)
def test_a_year_in_single_precision(spec):
    """Gaps, glitches, noise, open windows, a summer without heating: it never diverges, and says how good it is."""
    box, loss, capacity = Follower(spec), *truth(spec)
    winter = None
    for k, measured in enumerate(Home(spec, 365, trouble=True, start=JANUARY).slots()):
        box.slot(*measured)
        if k % 96 == 0:
            assert all(math.isfinite(x) for x in box.store.memory)
            assert max(abs(x) for x in box.store.memory) < 1e5
            assert 0.5 < box.store.loss / loss < 2
            assert 0.5 < box.store.capacity / capacity < 2
        if k == 60 * 96:
            winter = box.store.loss / loss, box.store.capacity / capacity, box.identify.error_mk(box.store.memory)
    end = box.store.loss / loss, box.store.capacity / capacity, box.identify.error_mk(box.store.memory)
    for when, values in (("60 days", winter), ("a year", end)):
        print(f"{spec.id} after {when}: loss {values[0]:.2f}, capacity {values[1]:.2f} of the truth, {values[2]} mK")
    for loss_ratio, capacity_ratio, error_mk in (winter, end):
        assert loss_ratio == pytest.approx(1, abs=0.3)
        assert capacity_ratio == pytest.approx(1, abs=0.5)
        assert 30 < error_mk < 500
