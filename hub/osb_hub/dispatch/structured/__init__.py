"""The solver for large fleets. Import it only where it is used: it needs numba, and its first start compiles."""
