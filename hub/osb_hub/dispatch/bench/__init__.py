"""Benchmark of dispatch: seeded fleets of any size, measured runs, and the programme as a file for other solvers."""
