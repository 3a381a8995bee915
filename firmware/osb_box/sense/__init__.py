"""What hangs on the board's own pins: pulses, temperatures, humidity, motion, voltages and relays.

Bytes and counts to values are pure functions; pins are reached through hal only.
"""
