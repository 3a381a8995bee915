"""A local day has ended: the sum of its slots becomes one record that is kept for two years. Needed once a slot."""

import asyncio

from osb_box.clock import utc_offset_s
from osb_box.history import files


def day_of(t, zone):
    """Days from 1970-01-01 to the local date at `t` [Unix s]."""
    return (t + utc_offset_s(t, zone)) // 86400


def begin_of(day, zone):
    """When a local day begins [Unix s]; summer time neither begins nor ends within an hour of midnight."""
    t = day * 86400 - zone["utc_offset_s"]
    return day * 86400 - utc_offset_s(t - 3600, zone)


async def breathe():
    """Let the others run: what reads a file takes its time."""
    await asyncio.sleep_ms(0)


async def open_days(log):
    """Find the day that was closed last."""
    for begin in files.names(log.folder, ".day"):
        size = 0
        for day, _ in files.days(log.folder, begin):
            log.closed = day
            size += files.DAY_BYTES
            await breathe()
        log.days_file = begin if size == files.size(log.folder, begin, ".day") else 0


async def close(log):
    """Record the days that have ended and whose rows are on flash; returns whether there were any."""
    written = log.end - len(log.rows) // 20 * 900
    today, first = day_of(written, log.zone), log.closed + 1
    if today <= first:
        return False
    slots = files.names(log.folder, ".slt")
    if not slots:
        return False
    first = max(first, day_of(slots[0], log.zone))
    for day in range(first, today):
        values = await _sum(log, day, slots)
        if values:
            from osb_box.history import append

            log.days_file = append.day(log.folder, log.days_file, day, values)
        log.closed = day
    return first < today


async def _sum(log, day, slots):
    """The values of a day's record, None for a day without any row."""
    t0, t1 = begin_of(day, log.zone), begin_of(day + 1, log.zone)
    total = list(files.DAY_UNKNOWN)
    found = fair = False
    for k, begin in enumerate(slots):
        if begin >= t1 or (k + 1 < len(slots) and slots[k + 1] <= t0):
            continue
        for start, each, rows in files.batches(log.folder, begin):
            for row in files.unpack(rows):
                low, high = max(start, t0) - start, min(start + each, t1) - start
                start += each
                if low < high:
                    found = True
                    _add(total, row, low, high, each)
                    if fair and each == 900 and row[0] != 0xFFFF:
                        total[10] = row[0] if total[10] == 0xFFFF else max(total[10], row[0])
                fair = row[0] != 0xFFFF  # what comes after silence holds the energy of more than its slot
            await breathe()
    return total if found else None


def _add(total, row, low, high, each):
    """Add the part of a row of `each` seconds from `low` to `high`; parts of a row sum up to all of it."""
    for i in range(9):
        if row[i] != files.UNKNOWN[i]:
            part = row[i] * high // each - row[i] * low // each
            total[i] = part if total[i] == files.DAY_UNKNOWN[i] else total[i] + part
    if row[10] != 0xFF:
        total[9] = row[10] if total[9] == 0xFFFF else total[9] + row[10]
