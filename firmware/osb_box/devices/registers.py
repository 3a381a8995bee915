"""Register bytes to integers in the units of points, and back: no float ever carries a counter."""

import struct


def divide(a, b):
    """The quotient a / b rounded to the nearest integer, halves away from zero; b is positive."""
    return (a + b // 2) // b if a >= 0 else -((b // 2 - a) // b)


def scale_float(bits, num, den, wide=False):
    """IEEE 754 bits (binary32, or binary64 if `wide`) times num/den as an integer; None for NaN and infinity."""
    width, top, bias = (52, 0x7FF, 1075) if wide else (23, 0xFF, 150)
    ten = bits >> width & top
    if ten == top:
        return None
    mantissa = bits & (1 << width) - 1
    if ten:
        mantissa |= 1 << width
    if bits >> (63 if wide else 31):
        num = -num
    shift = (ten or 1) - bias
    if shift >= 0:
        return divide((mantissa << shift) * num, den)
    return divide(mantissa * num, den << -shift) if shift >= -160 else 0


def number(kind, data, at):
    """The unsigned integer of `kind` (u16, s32, f64 ...) from byte `at` of the registers.

    A fourth character says that the low word comes first (s32<).
    """
    return int.from_bytes(_ordered(kind, data[at : at + int(kind[1:3]) // 8]), "big")


def _ordered(kind, data):
    """Registers with the high word first, if `kind` has them the other way round; and back."""
    if len(kind) == 3:
        return data
    return b"".join([data[i - 2 : i] for i in range(len(data), 0, -2)])


def exponent(data, at):
    """A SunSpec scale factor, -10..10, or None."""
    ten = number("u16", data, at)
    ten -= ten >> 15 << 16
    return ten if -10 <= ten <= 10 else None


def scale(kind, value, num, den, ten=0):
    """Unsigned integer of `kind` to its value * num / den * 10**ten."""
    bits = int(kind[1:3])
    if kind[0] == "f":
        return scale_float(value, num, den, bits == 64)
    if kind[0] == "s":
        value -= value >> bits - 1 << bits
    return divide(value * num * 10**ten, den) if ten >= 0 else divide(value * num, den * 10**-ten)


def text(data):
    """Characters up to the first NUL."""
    try:
        return data.decode().split("\0")[0].strip()
    except UnicodeError:
        return ""


def decode(item, data):
    """An item of a request from the answer to it; None if the device says that it has no value."""
    kind, at, how, bad, sf = item[5:]
    if kind == "p1":  # the sum of codes less the sum of others, where the meter sends any of them
        plus = [data[code] for code in how[0] if code in data]
        return sum(plus) - sum([data.get(code, 0) for code in how[1]]) if plus else None
    if kind == "bit":
        return data[at >> 3] >> (at & 7) & 1
    if kind == "text":
        size, words = how
        found = words.find("|%s=" % text(data[at : at + size]))
        return None if found < 0 else int(words[found + 1 :].split("|")[0].split("=")[1])
    value = number(kind, data, at)
    if value == bad:
        return None
    if isinstance(how[1], dict):
        return how[1].get(value)
    ten = 0 if sf is None else exponent(data, sf)
    return None if ten is None else scale(kind, value, how[0], how[1], ten)


def encode(kind, value, num, den):
    """Register bytes of value * num / den; the caller has checked its range."""
    if kind[:3] == "f32":
        return _ordered(kind, struct.pack(">f", value * num / den))
    if kind == "bit":
        return bytes((255 if value else 0, 0))
    bits = int(kind[1:3])
    return _ordered(kind, (divide(value * num, den) & (1 << bits) - 1).to_bytes(bits // 8, "big"))
