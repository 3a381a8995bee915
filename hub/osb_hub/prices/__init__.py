"""Electricity prices: files, series of slots, and what a household pays."""
