"""Flash of the emulated chip: counts what wears it out, and takes the time that erasing and programming take.

Source: Winbond W25Q16JV datasheet, 9.6: a sector of 4 kB is erased in 45 ms (400 at most), a page of 256 B programmed
in 0.4 ms (3 at most); 100,000 erasures a sector. rp2040py does both in no time.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

SECTOR = 4096
ERASE_NS, PROGRAM_NS = 45e6, 0.4e6
_READ_STATUS, _PROGRAM, _ERASE, _ERASE_BLOCK = 0x05, 0x02, 0x20, 0xD8
_BUSY = 0x01


class Flash:
    """Watches the flash of `mcu`. `before(what, address)` is called before an `erase` or `program` takes effect."""

    def __init__(self, mcu: Any) -> None:
        self._mcu, self._ssi = mcu, mcu.ssi
        self.erases: Counter[int] = Counter()  # sector -> how often
        self.programs = 0
        self.slow = True  # whether it takes its time
        self.before: Callable[[str, int], None] = lambda what, address: None
        self._busy_until = 0.0
        self._apply, self._shift = self._ssi._apply_command, self._ssi._shift_byte
        self._ssi._apply_command, self._ssi._shift_byte = self._command, self._byte

    def _command(self) -> None:
        sent = self._ssi._tx_buffer
        if self._ssi._write_enabled and len(sent) >= 4 and sent[0] in (_ERASE, _ERASE_BLOCK, _PROGRAM):
            address = int.from_bytes(sent[1:4], "big")
            if sent[0] == _PROGRAM:
                self.before("program", address)
                self.programs += 1
                self._busy_until = self._mcu.clock.nanos + PROGRAM_NS
            else:
                self.before("erase", address)
                sectors = 1 if sent[0] == _ERASE else 16
                self.erases.update(address // SECTOR + i for i in range(sectors))
                self._busy_until = self._mcu.clock.nanos + sectors * ERASE_NS
        self._apply()

    def _byte(self, byte: int) -> int:
        answer = int(self._shift(byte))
        asked = self._ssi._tx_buffer
        if self.slow and asked[0] == _READ_STATUS and len(asked) > 1 and self._mcu.clock.nanos < self._busy_until:
            return answer | _BUSY
        return answer
