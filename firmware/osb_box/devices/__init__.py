"""What a device is: a profile (data, from its datasheet) and a capability (what the box may ask of it)."""

ROLES = ("grid", "pv", "battery", "ev", "heat_pump", "tank", "room", "outdoor")  # what a device is for in this home
