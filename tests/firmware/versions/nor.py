"""Runs on MicroPython: NOR flash in RAM that littlefs runs on, with a record of every write, and power that ends."""

BLOCK = 4096
PROGRAM = 256  # bytes programmed at a time, as on an RP2040
EIO = -5


class Cut(BaseException):
    """The power is gone. No program catches it, and nothing reaches the flash after it."""


class Nor:
    """`left`: writes until the power goes, None for never. `record`: all writes as (block, offset, bytes or None).

    `gone`: nothing uses it any more. A file that a cut has left open is closed by the collector, which runs with the
    heap locked, and must neither write nor raise here: littlefs cannot be left in the midst of it.
    """

    gone = False

    def __init__(self, image, record=None, left=None, tear=None):
        self.image = image
        self.record = record
        self.left = left
        self.tear = tear

    def readblocks(self, block, buf, offset=0):
        if self.gone:
            return EIO
        at = block * BLOCK + offset
        buf[:] = self.image[at : at + len(buf)]
        return 0

    def writeblocks(self, block, buf, offset=0):
        if self.gone:
            return EIO
        self._write(block, offset, buf)
        return 0

    def ioctl(self, what, block):
        if what == 4:
            return len(self.image) // BLOCK
        if what == 5:
            return BLOCK
        if self.gone:
            return EIO
        if what == 6:
            self._write(block, 0, None)
        return 0

    def _write(self, block, offset, data):
        if self.left is not None:
            if self.left <= 0:
                if self.left == 0:
                    torn(self.image, block, offset, data, self.tear)
                self.left = -1
                raise Cut
            self.left -= 1
        if self.record is not None:
            self.record.append((block, offset, None if data is None else bytes(data)))
        whole(self.image, block, offset, data)


def whole(image, block, offset, data):
    """Erase a block, or program bytes that have been erased."""
    at = block * BLOCK + offset
    if data is None:
        image[at : at + BLOCK] = b"\xff" * BLOCK
        return
    for i in range(0, len(data), PROGRAM):
        if image[at + i] != 0xFF:
            raise AssertionError("programmed twice without erasing")
    image[at : at + len(data)] = data


def torn(image, block, offset, data, share):
    """The same, ended by the power after `share` (0..255 of 256) of it; the byte it ended in holds some of its bits."""
    at = block * BLOCK + offset
    size = BLOCK if data is None else len(data)
    done = size * share >> 8
    if data is None:
        image[at : at + done] = b"\xff" * done
        if done < size:
            image[at + done] |= 0xA5
    else:
        image[at : at + done] = data[:done]
        if done < size:
            image[at + done] = data[done] | 0x5A
