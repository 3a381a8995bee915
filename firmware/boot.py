"""Runs before main.py on a board: nothing may move before the configuration is known, so nothing happens here."""
