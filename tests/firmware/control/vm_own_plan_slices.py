"""A plan of the box's own never holds the loop long: slices timed against a CRC whose time on an RP2040 is known."""

import gc
import time

from little_home import MIDNIGHT, ZONE, home, points_with

from osb_box.bus import crc16
from osb_box.control import Controller

CRC_MS = 7.5  # CRC-16 of 255 B in plain Python on an RP2040 (shared facts, measured)
BUSY = 1.5  # a machine that serves others is this much slower at times; the figures themselves are `make bench-box`
LOADS = 9  # slices that load modules: compiled from source here, read as .mpy on a board; that time is not known
TARIFF = {"buy_eur_mwh": 320, "sell_eur_mwh": 50}
TARIFF["windows"] = [{"from": "22:00", "to": "06:00", "days": "all", "buy_eur_mwh": 180}]


def timed(work, what):
    t = time.ticks_us()
    work(what)
    return time.ticks_diff(time.ticks_us(), t)


def measured(tariff):
    """(longest slice, all of them together) in ms of an RP2040, without those that load modules."""
    box = Controller(home(tariff=tariff), ZONE)
    points = points_with(MIDNIGHT, grid_power=500, room_temp=20500, tank_temp=50000, battery_soc=420)
    for name, value in (("ev.state", 1), ("ev.energy", 90000), ("outdoor.temp", 2000)):
        points.set(name, value, "1", MIDNIGHT)
    data = bytes(range(255))
    crc_us, best = 1000000, None
    for _ in range(8):  # the machine has others to serve: the shortest of some runs is what it takes
        box.step(MIDNIGHT, points)
        box.outlook.anew = True
        gc.collect()
        took = slices(box.ahead(MIDNIGHT, points))
        best = took if best is None else [min(a, b) for a, b in zip(best, took)]
        crc_us = min(crc_us, timed(crc16, data))
    assert box.desk.own
    best = sorted(best)[:-LOADS]
    return best[-1] * CRC_MS / crc_us, sum(best) * CRC_MS / crc_us


def slices(work):
    took = []
    try:
        while True:
            took.append(timed(next, work))
    except StopIteration:
        return took


def test_no_slice_is_longer_than_fifty_milliseconds():
    for tariff, most_ms in ((TARIFF, 3000), (dict(TARIFF, peak_eur_kw_year=48), 3600)):
        longest, total = measured(tariff)
        print("longest slice %.0f ms, whole plan %.0f ms" % (longest, total))
        assert longest < 50 * BUSY, longest
        assert total < most_ms * BUSY, total
