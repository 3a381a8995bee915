"""CRC-16 with the reflected polynomial 0xA001: /MODBUS starts at 0xFFFF, /ARC (DSMR P1) at 0."""

from array import array


def _table():
    table = array("H", bytes(512))
    for i in range(256):
        crc = i
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
        table[i] = crc
    return table


_TABLE = _table()


def crc16(data, start, end, crc=0xFFFF):
    """CRC over data[start:end], going on from `crc`."""
    table = _TABLE
    for i in range(start, end):
        crc = crc >> 8 ^ table[(crc ^ data[i]) & 0xFF]
    return crc
