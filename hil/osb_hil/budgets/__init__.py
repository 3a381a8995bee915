"""Budgets in numbers: what the box takes of memory, flash and time (`make bench-box`).

Bytes, erasures and emulated microseconds do not depend on the machine, and are refused when they worsen by more than a
twentieth against `stored.json`. Times on the VM are only told as ratios within one run.
"""
