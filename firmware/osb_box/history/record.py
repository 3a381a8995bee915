"""A slot has ended: its row, and once an hour the batch on flash. Needed once a slot.

No energy is lost or counted twice, whatever the power does: a row is how far each counter went beyond what was counted
before, and what was counted can always be worked out again: `base.json` tells it for one time, the rows after that
time tell the rest. After a gap what the counters tell of it is spread evenly over its slots. More than could have
flowed since a counter was known is another counter's, and no flow.
"""

import struct

from micropython import const

from osb_boot import atomic
from osb_box import rested
from osb_box.history import append, days, files
from osb_wire import SLOT_S

COUNTERS = (
    "grid.import",
    "grid.export",
    "pv.export",
    "battery.import",
    "battery.export",
    "ev.energy",
    "heat_pump.energy",
    "tank.energy",
)
_BATCH = const(80)  # bytes of the four rows that are written at once
_MOST = const(0xFFFE)
_PIECE = const(24)  # slots of a row within a gap
_LONGEST = const(35 * 96)  # slots of a gap: what flowed in a longer one nobody can place


async def close(log, slot, now, points, tariff):
    """Take note of what flowed until `slot`, the start of the running one [Unix s]; `tariff` is ahead/tariff.py."""
    if log.end is None:
        await _open(log, slot)
    gap = (slot - log.end) // SLOT_S
    if gap > _LONGEST:
        _flush(log)
        log.end = slot
        log.counted = [None] * len(COUNTERS)
        gap = 0
    flowed, odd = _flowed(log, points, now, max(0, gap) + 1)
    if gap == 1:
        log.rows += _row(log, flowed, await rested(tariff.total(log.box, log.end, 1)))
        log.end = slot
        if len(log.rows) >= _BATCH or days.day_of(slot, log.zone) != days.day_of(slot - SLOT_S, log.zone):
            _flush(log)
    elif gap > 1:
        _flush(log)
        await _bridge(log, flowed, gap, tariff)
        odd = True
    if await days.close(log) or odd:
        _flush(log)
        await days.breathe()
        atomic.save(log.folder + "/base.json", [log.end, log.counted, log.silent], None)


def _flowed(log, points, now, slots):
    """([Wh of each counter since it was counted last, None where nobody knows], is a counter new or exchanged?)."""
    flowed, odd = [], False
    for i, name in enumerate(COUNTERS):
        value, before = points.value(name, now), log.counted[i]
        wh = None
        if value or (value == 0 and not before):  # else 0 is what a device shows that sleeps
            # twice what the fuse lets pass for long, and the steps of a counter of whole kWh
            most = (slots + log.silent[i]) * log.box.home["fuse_w"] // 2 + 1000
            if before is None or not before <= value <= before + most:
                log.counted[i] = value
                log.silent[i] = 0
                odd = True
            else:
                wh = value - before
        flowed.append(wh)
    return flowed, odd


def _count(log, flowed, share, of):
    """The part `share` of `of` of what flowed, as a row has it; from now on that is counted."""
    row = []
    for i, wh in enumerate(flowed):
        if wh is None:
            row.append(0xFFFF)
            log.silent[i] += share
            continue
        part = min(_MOST, wh * share // of)
        log.counted[i] += part
        flowed[i] = wh - part
        log.silent[i] = log.silent[i] + share if part < wh else 0  # what is left comes in the next slots
        row.append(part)
    return row


def _row(log, flowed, prices):
    row = _count(log, flowed, 1, 1)
    room = outside = 0xFF
    if log.seen:
        room = max(0, min(254, log.room // log.seen // 200))
        outside = min(15, (log.outside_s + 30) // 60)
    return struct.pack(files.ROW, *row, _cost(prices, 1, row), room, outside)


def _cost(prices, slots, row):
    """Of a row in 1/100 ct, at the sums of its slots' (buy, sell) [EUR/MWh]."""
    if prices is None or row[0] == 0xFFFF:
        return -0x8000
    sold = 0 if row[1] == 0xFFFF else row[1]
    return max(-0x7FFF, min(0x7FFF, (row[0] * prices[0] - sold * prices[1]) // (100 * slots)))


async def _bridge(log, flowed, gap, tariff):
    """Rows for a gap of so many slots: long ones, and a shorter one at its end."""
    t = log.end
    for count, each in ((gap // _PIECE, _PIECE), (1, gap % _PIECE)):
        rows = b""
        for _ in range(count if each else 0):
            prices = await rested(tariff.total(log.box, t, each))
            row = _count(log, flowed, each, gap)
            rows += struct.pack(files.ROW, *row, _cost(prices, each, row), 0xFF, 0xFF)
            gap -= each
            t += each * SLOT_S
            await days.breathe()
        if rows:
            _append(log, each, rows)


def _flush(log):
    """Write the rows that wait; what the flash refuses waits for the next time."""
    rows, log.rows = log.rows, b""
    if rows:
        log.end -= len(rows) // 20 * SLOT_S
        try:
            _append(log, 1, rows)
        except OSError:
            log.end += len(rows) // 20 * SLOT_S
            log.rows = rows if len(rows) < _BATCH * 4 else b""
            raise


def _append(log, each, rows):
    """Write rows from log.end on, which moves on."""
    begin, log.slots_file = log.slots_file, 0  # a file to which something was not written is never appended to again
    log.slots_file = append.slots(log.folder, begin, log.end, each, rows)
    log.end += len(rows) // 20 * each * SLOT_S


async def _open(log, slot):
    """Find out what is recorded."""
    base = atomic.load(log.folder + "/base.json") or [0, [None] * len(COUNTERS)]
    end, log.counted = base[:2]
    log.silent = base[2] if len(base) > 2 else [0] * len(COUNTERS)
    last, begin, sound = end, 0, False
    found = files.names(log.folder, ".slt")
    for k, begin in enumerate(found):
        if k + 1 < len(found) and found[k + 1] <= end:
            continue
        size = 0
        for start, each, rows in files.batches(log.folder, begin):
            size += 6 + len(rows)
            for row in files.unpack(rows):
                start += each
                if start > end:
                    _recount(log, row, each // SLOT_S)
            last = max(last, start)
            await days.breathe()
        sound = size == files.size(log.folder, begin)
    log.end = last or slot
    log.slots_file = begin if sound else 0
    await days.open_days(log)


def _recount(log, row, slots):
    for i, wh in enumerate(row[: len(COUNTERS)]):
        log.silent[i] = 0 if wh < _MOST else log.silent[i] + slots
        if wh != 0xFFFF and log.counted[i] is not None:
            log.counted[i] += wh
