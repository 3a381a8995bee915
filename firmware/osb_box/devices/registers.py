"""Register bytes to integers in the units of points, and back: no float ever carries a counter."""

import struct

WORDS = {"u16": 1, "s16": 1, "u32": 2, "s32": 2, "u64": 4, "f32": 2, "f64": 4, "acc32": 2, "bit": 1}
_UNKNOWN = {"u16": 0xFFFF, "s16": 0x8000, "u32": 0xFFFFFFFF, "s32": 0x80000000, "u64": 0xFFFFFFFFFFFFFFFF}


def divide(a, b):
    """The quotient a / b rounded to the nearest integer, halves away from zero."""
    half = abs(b) // 2
    return (abs(a) + half) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def scale_float(bits, num, den, wide=False):
    """IEEE 754 bits (binary32, or binary64 if `wide`) times num/den as an integer; None for NaN and infinity."""
    width, top, bias = (52, 0x7FF, 1075) if wide else (23, 0xFF, 150)
    exponent = bits >> width & top
    if exponent == top:
        return None
    mantissa = bits & (1 << width) - 1
    if exponent:
        mantissa |= 1 << width
    else:
        exponent = 1
    if bits >> (63 if wide else 31):
        mantissa = -mantissa
    shift = exponent - bias
    if shift >= 0:
        return divide((mantissa << shift) * num, den)
    if shift < -160:
        return 0
    return divide(mantissa * num, den << -shift)


def raw(kind, data, at, swapped=False):
    """The unsigned integer in the registers from byte `at`; `swapped`: the low word comes first."""
    value = 0
    words = WORDS[kind]
    for i in range(words):
        word = at + 2 * (words - 1 - i if swapped else i)
        value = value << 16 | data[word] << 8 | data[word + 1]
    return value


def signed(kind, value):
    """Two's complement of s16 and s32."""
    if kind == "s16":
        return value - 0x10000 if value & 0x8000 else value
    if kind == "s32":
        return value - 0x100000000 if value & 0x80000000 else value
    return value


def unknown(kind, value):
    """Whether SunSpec says with this raw value that the point is not implemented."""
    return _UNKNOWN.get(kind) == value


def exponent(data, at):
    """A SunSpec scale factor, -10..10, or None."""
    ten = signed("s16", raw("s16", data, at))
    return ten if -10 <= ten <= 10 else None


def scale(kind, value, ratio, ten=0):
    """Raw integer to value * ratio[0] / ratio[1] * 10**ten."""
    num, den = ratio
    if kind == "f32" or kind == "f64":
        return scale_float(value, num, den, kind == "f64")
    value = signed(kind, value) * num
    return divide(value * 10**ten, den) if ten >= 0 else divide(value, den * 10**-ten)


def text(data, at, size):
    """Characters in `size` registers, up to the first NUL."""
    try:
        return bytes(data[at : at + 2 * size]).split(b"\x00")[0].decode().strip()
    except UnicodeError:
        return ""


def encode(kind, value, ratio):
    """Register bytes of value * ratio[0] / ratio[1]; the caller has checked its range."""
    num, den = ratio
    if kind == "f32":
        return struct.pack(">f", value * num / den)
    if kind == "bit":
        return b"\xff\x00" if value else b"\x00\x00"
    number = divide(value * num, den)
    if kind == "s16" or kind == "u16":
        return bytes((number >> 8 & 0xFF, number & 0xFF))
    return struct.pack(">I", number & 0xFFFFFFFF)
