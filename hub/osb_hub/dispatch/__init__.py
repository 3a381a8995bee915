"""Dispatch of a fleet: arrays in, schedule out. The mathematics is in docs/dispatch.md under the same names."""
