"""What a device is: a profile (data, from its datasheet) and a capability (what the box may ask of it)."""
