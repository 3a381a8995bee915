"""Emulated meters and appliances, each written from its public register list and knowing nothing of who reads it."""
