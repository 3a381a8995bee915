"""Damaged answers on the real VM. Mathematics: what CRC-16 must refuse it refuses, the rest passes once in 65,536.

The polynomial x^16 + x^15 + x^2 + 1 finds every burst of up to 16 bits and, in frames of up to 4 kB, every one, two or
three flipped bits (Hamming distance 4; Koopman and Chakravarty, DSN 2004). Bytes that are anything pass with 2^-16.
"""

import json
import math
from pathlib import Path

import pytest

from on_vm import run_vm

VM = Path(__file__).parent / "damaged_rtu.py"
NEVER = ("few_bits", "burst")


@pytest.mark.parametrize(
    ("count", "seed"), [(20_000, 1), pytest.param(1_000_000, 2, marks=[pytest.mark.soak, pytest.mark.timeout(3000)])]
)
def test_damaged_answers(count, seed, record_property):
    done = run_vm(VM, count, seed, timeout=2900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"\n{count} damaged answers, seed {seed}: [answers, right, wrong, refused, crashed] {found}")
    record_property("damage", found)
    assert sum(tally[0] for tally in found.values()) == count
    assert sum(tally[4] for tally in found.values()) == 0
    for kind in NEVER:
        assert found[kind][2] == 0, kind
    # a whole answer among noise, echoes and torn frames is found, whatever stands around it
    answers, right, wrong, _, _ = found["glued"]
    assert right + wrong == answers
    assert found["overwritten"][1] + found["few_bits"][1] == 0  # and what is damaged is not taken for whole
    # at most one chance in 65,536 for each answer that CRC might let through, and five standard deviations
    expected = sum(tally[0] for kind, tally in found.items() if kind not in NEVER) / 65536
    assert sum(tally[2] for tally in found.values()) <= expected + 5 * math.sqrt(expected) + 1
