"""Bytes to registers: Modbus RTU and TCP, and the P1 port. Nothing here knows a device or a port of MicroPython."""

_NIBBLES = (  # CRC of each value of four bits: a sixteenth of the usual table, at half its speed
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip


class BusError(Exception):
    """A bus gave no usable answer. `kind`: timeout, crc, frame, exception, busy or closed; the text is one sentence."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


def crc16(data, crc=0xFFFF):
    """CRC-16, reflected polynomial 0xA001, going on from `crc`: /MODBUS starts at 0xFFFF, /ARC (DSMR P1) at 0."""
    for byte in data:
        crc ^= byte
        crc = crc >> 4 ^ _NIBBLES[crc & 15]
        crc = crc >> 4 ^ _NIBBLES[crc & 15]
    return crc
