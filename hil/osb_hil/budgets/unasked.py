"""Collections of garbage that an allocation has set off, told from those that the firmware asks for.

Where one falls is chance: a few bytes more anywhere move it into another step. Each collection writes into the memory
in which MicroPython's collector remembers what it has yet to look into (`gc_block_stack`, py/mpstate.h), and nothing
else does: what has been put there shows whether there was one. It lies before the threshold for collections, which is
found in the memory of a chip by a value that nothing else is likely to have.
"""

# `count_unasked()` at first, then `unasked()`: how many there have been since, at least one if there was any. On the
# VM, whose times are told only, it is always 0.
COUNTED = """
import gc
import sys
_SRAM, _SOUGHT, _MARK = 0x20000000, 0x00BADA55, 0x3FFF3FFF  # two blocks that no heap of a chip has
_at = 0
if sys.platform == "rp2":
    from machine import mem32
    from uctypes import bytearray_at
    _before = gc.threshold()
    gc.threshold(16 * _SOUGHT)
    _offset = -1
    while True:
        _offset = bytearray_at(_SRAM, 0x40000).find(_SOUGHT.to_bytes(4, "little"), _offset + 1)
        if not _offset % 4:
            break
    gc.threshold(_before)
    _at = _SRAM + _offset - 4 - 4 - 2 * 64  # two words, and before them 64 halves
    mem32[_at] = _MARK
    gc.collect()
    if mem32[_at] == _MARK:
        raise RuntimeError("the memory of the collector is not where MicroPython 1.28 has it on an RP2040")
    del bytearray_at
def count_unasked():
    global _fell
    _fell = 0
    if _at:
        mem32[_at] = _MARK
def unasked():
    global _fell
    if _at and mem32[_at] != _MARK:
        _fell += 1
        mem32[_at] = _MARK
    return _fell
def _collect():
    unasked()
    gc.collect()
    if _at:
        mem32[_at] = _MARK
class _Asked:
    pass
_asked = _Asked()
for _name in dir(gc):
    setattr(_asked, _name, getattr(gc, _name))
_asked.collect = _collect
sys.modules["gc"] = _asked
count_unasked()
"""
