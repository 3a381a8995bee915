"""Images of MicroPython as far as anybody looks into them."""

import struct


def uf2(family=0xE48BFF56, blocks=3):
    """Blocks as Microsoft's specification of UF2 has them: 32 bytes of header, 476 of data, the last magic number."""
    head = [
        struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * n, 256, n, blocks, family)
        for n in range(blocks)
    ]
    return b"".join(part + bytes(476) + struct.pack("<I", 0x0AB16F30) for part in head)


def esp(chip, at=0):
    """The head of an image as esptool's documentation of the format has it: magic number, ..., chip id at 12."""
    return (
        b"\xff" * at
        + struct.pack("<BBBBIB3sHB8sB", 0xE9, 1, 2, 0x20, 0x40080000, 0xEE, b"", chip, 0, b"", 1)
        + bytes(5000)
    )
