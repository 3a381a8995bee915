"""On the VM, for test_comfort_soak.py: `habits` prints how far set-points are from people's, `moments` overrides."""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

import quick  # noqa: F401
from occupant import TYPES, Occupant
from three_weeks import MONDAY, box, far, live
from vm_people_first import moments


def habits(seeds, whole):
    for kind in sorted(TYPES):
        for seed in range(1, seeds + 1):
            home, who = box(), Occupant(kind, seed)
            late = live(home, who, 21, whole=whole)
            mean, most = far(home, who, MONDAY + 21 * 86400)
            print(f"{kind};{seed};{mean};{most};{who.asked};{late}")


if sys.argv[1] == "moments":
    moments(int(sys.argv[2]), int(sys.argv[3]))
    print(f"obeyed {sys.argv[2]}")
else:
    habits(int(sys.argv[2]), sys.argv[1] == "whole")
