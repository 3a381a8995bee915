"""Versions for boxes: signed once, believed by every box that has the key."""
