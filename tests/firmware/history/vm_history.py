"""The history on a real file system: every Wh in its place, once, whatever the power does."""

import json
import os

from osb_box.ahead import Outlook
from osb_box.ahead.tariff import take
from osb_box.comfort.band import Band
from osb_box.history import append, files, read, recorder
from osb_box.history.recorder import Recorder
from osb_box.pieces import Text
from osb_box.points import Points

recorder.forget = lambda *names: None  # from its source each module would be compiled once a slot
T = 1768431600  # 2026-01-15 00:00 in Brussels
ZONE = {"utc_offset_s": 3600, "dst": "eu"}
BAND = Band(
    {"min_mc": 19500, "max_mc": 22500, "night_min_mc": 17500, "night": ["23:00", "06:00"], "setpoint_mc": 20500}, ZONE
)


class Home:
    """Counters that rise as told, and the passes of a box."""

    def __init__(self, folder, tariff=None):
        self.folder = folder
        self.zone, self.band, self.home = ZONE, BAND, {"fuse_w": 9200}
        if tariff:
            self.home["tariff"] = tariff
        self.outlook = Outlook(())
        self.counters = {"grid.import": 5000000, "grid.export": 777, "heat_pump.energy": 90000}
        self.room_mc = 21000
        self.boot()

    def boot(self):
        self.points = Points(180)
        self.log = Recorder(self.folder, self)

    async def look(self, t):
        for name, wh in self.counters.items():
            self.points.set(name, wh, "Wh", t)
        self.points.set("room.temp", self.room_mc, "mC", t)
        await self.log.look(t, self.points)

    async def run(self, begin, end, flows, step_s=300):
        """Passes from `begin` to `end`, with so many Wh a pass flowing before each but the first."""
        await self.look(begin)
        while begin < end:
            begin += step_s
            for name, wh in flows.items():
                self.counters[name] += wh
            await self.look(begin)

    def slots(self, since=T, until=T + 40 * 86400):
        return json.loads("".join(read.slots(self.log, since, until)))["rows"]

    def days(self, since=0, until=65535):
        return json.loads("".join(read.by_day(self.log, since, until)))["rows"]


def folder():
    path = (os.getenv("TMPDIR") or "/tmp") + "/osb-history-" + str(int.from_bytes(os.urandom(5), "big"))
    os.mkdir(path)
    return path


def remove(path):
    for name in os.listdir(path):
        os.remove(path + "/" + name)
    os.rmdir(path)


async def test_a_slot_is_what_the_counters_say_and_rows_wait_for_their_hour():
    home = Home(folder(), {"buy_eur_mwh": 300, "sell_eur_mwh": 50})
    await home.run(T, T + 1800, {"grid.import": 100, "grid.export": 10})
    # 300 Wh at 300 EUR/MWh are 9 ct, 30 Wh at 50 are 0.15 ct: 8.85 ct
    want = [300, 30, None, None, None, None, 0, None, 885, 21100, 0]
    assert home.slots() == [[T, 900] + want, [T + 900, 900] + want], home.slots()
    assert files.names(home.folder, ".slt") == []
    await home.run(T + 1800, T + 3600, {"grid.import": 100, "grid.export": 10})
    assert len(home.slots()) == 4
    assert [files.size(home.folder, T)] == [6 + 4 * 20]
    remove(home.folder)


async def test_a_slot_costs_what_its_own_hour_costs():
    night = {"from": "22:00", "to": "06:00", "days": "all", "buy_eur_mwh": 100}
    home = Home(folder(), {"buy_eur_mwh": 300, "sell_eur_mwh": 50, "windows": [night]})
    six = T + 6 * 3600
    await home.run(six - 900, six + 900, {"grid.import": 100, "grid.export": 10}, 900)
    assert [row[10] for row in home.slots()] == [95, 295]  # 100 Wh at 100 EUR/MWh are a cent, 10 Wh at 50 5/100 of one
    home.boot()  # and is off from 21:00 to 23:00
    await home.run(six + 14 * 3600, six + 15 * 3600, {"grid.import": 100}, 900)
    home.counters["grid.import"] += 800
    await home.look(six + 17 * 3600)
    assert home.slots(six + 15 * 3600)[0][1:3] + home.slots(six + 15 * 3600)[0][10:11] == [7200, 800, 1600]
    remove(home.folder)


async def test_the_hub_s_prices_of_a_slot_are_those_it_costs():
    home = Home(folder())

    def told(start, *buy):
        message = {"t": start, "start": start, "slots": len(buy), "buy_eur_mwh": list(buy), "sell_eur_mwh": 60}
        take(home.outlook, message)

    told(T, 200, -40)
    await home.run(T, T + 900, {"grid.import": 100, "grid.export": 50}, 900)
    told(T + 1800, 400)  # before the slot that ends there is closed
    await home.run(T + 900, T + 3600, {"grid.import": 100, "grid.export": 50}, 900)
    assert [row[10] for row in home.slots()] == [170, -70, 370, None]  # of the last one nobody has told
    remove(home.folder)


async def test_minutes_outside_the_band():
    home = Home(folder())
    await home.run(T + 43200, T + 43200 + 900, {})
    home.room_mc = 18000
    await home.run(T + 43200 + 900, T + 43200 + 1800, {})
    assert [row[-2:] for row in home.slots()] == [[21100, 0], [18100, 15]], home.slots()
    remove(home.folder)


async def test_what_flowed_while_the_box_was_off_is_spread_over_that_time():
    home = Home(folder())
    await home.run(T, T + 4500, {"grid.import": 100})  # an hour on flash, a quarter in memory
    home.boot()
    home.counters["grid.import"] += 1700  # with the 300 of the lost quarter over 20 slots
    await home.run(T + 3600 + 20 * 900, T + 3600 + 21 * 900, {"grid.import": 100})
    rows = home.slots()
    assert [row[2] for row in rows[:4]] == [300] * 4
    assert rows[4][:3] == [T + 3600, 20 * 900, 2000], rows[4]
    assert rows[5][:3] == [T + 3600 + 20 * 900, 900, 300], rows
    home.boot()
    home.counters["grid.import"] += 70
    await home.look(T + 3600 + 22 * 900)
    assert sum(row[2] for row in home.slots()) == 5 * 300 + 1700 + 300 + 70
    remove(home.folder)


async def test_days_are_the_sums_of_their_slots_also_through_a_gap_and_a_change_of_summer_time():
    home = Home(folder())
    begin = 1774652400  # 2026-03-28 00:00 in Brussels; the 29th has 23 hours
    await home.run(begin, begin + 86400, {"grid.import": 60}, 900)
    home.boot()
    home.counters["grid.import"] += 2300 + 1000  # the 29th and ten hours of the 30th, 100 Wh an hour
    await home.run(begin + (24 + 23 + 10) * 3600, begin + (24 + 23 + 24) * 3600, {"grid.import": 25}, 900)
    day = begin // 86400 + 1
    assert [[row[0], row[1]] for row in home.days()] == [[day, 5760], [day + 1, 2300], [day + 2, 2400]], home.days()
    assert [row[11] for row in home.days()] == [60, None, 25]
    remove(home.folder)


async def test_a_silent_meter_makes_no_peak_and_loses_nothing():
    home = Home(folder())
    await home.run(T, T + 3600, {"grid.import": 100}, 900)
    for k in range(1, 9):  # the grid meter is silent for two hours
        await home.log.look(T + 3600 + k * 900, home.points)
    home.counters["grid.import"] += 800
    await home.run(T + 3600 + 9 * 900, T + 86400, {"grid.import": 100}, 900)
    imports = [row[2] for row in home.slots(T, T + 14 * 900)]
    assert imports[4:14] == [None] * 8 + [800, 100], imports
    assert home.days()[0][1] == 4 * 100 + 800 + (96 - 13) * 100
    assert home.days()[0][11] == 100
    remove(home.folder)


async def test_an_exchanged_meter_counts_anew():
    home = Home(folder())
    await home.run(T, T + 1800, {"grid.import": 100}, 900)
    home.counters["grid.import"] = 5
    await home.run(T + 2700, T + 4500, {"grid.import": 100}, 900)
    home.boot()
    await home.look(T + 5400)
    assert [row[1:3] for row in home.slots()] == [[900, 100], [900, 100], [900, None], [2700, 200]], home.slots()
    remove(home.folder)


async def test_a_meter_exchanged_for_one_with_a_higher_count_is_no_energy():
    home = Home(folder())
    await home.run(T, T + 1800, {"grid.import": 100}, 900)
    home.counters["grid.import"] = 12345678
    await home.run(T + 2700, T + 3600, {"grid.import": 100}, 900)
    home.boot()  # another one while the box was off, and with it a row that was not on flash
    home.counters["grid.import"] = 99999999
    await home.run(T + 7200, T + 8100, {"grid.import": 100}, 900)
    told = [row[1:3] for row in home.slots()]
    assert told == [[900, 100], [900, 100], [900, None], [4500, None], [900, 100]], told
    remove(home.folder)


async def test_a_device_that_shows_zero_when_the_box_starts_keeps_its_count():
    home = Home(folder())
    await home.run(T, T + 3600, {"heat_pump.energy": 100}, 900)
    home.boot()
    kept = home.counters["heat_pump.energy"]
    home.counters["heat_pump.energy"] = 0
    await home.run(T + 3600, T + 7200, {}, 900)
    home.counters["heat_pump.energy"] = kept + 50
    await home.run(T + 8100, T + 9000, {"heat_pump.energy": 100}, 900)
    assert [row[8] for row in home.slots()] == [100] * 4 + [None] * 4 + [50, 100]
    remove(home.folder)


async def test_what_flowed_while_a_meter_was_silent_for_days_is_all_counted():
    home = Home(folder())
    await home.run(T, T + 3600, {"grid.import": 100}, 900)
    silent = T + 3600
    for day in (1, 2):
        while silent < T + day * 4 * 86400:  # the link to the meter is down, and the power fails once
            silent += 900
            await home.log.look(silent, home.points)
        home.boot()
    home.counters["grid.import"] += 150000  # more than a row holds: 0.8 kW all the time
    await home.run(silent + 900, silent + 4500, {"grid.import": 100}, 900)
    # row by row, as a page would have it: a Pico has no room for the text of so many
    pieces = [piece.lstrip(",") for piece in read.slots(home.log, silent - 86400, T + 40 * 86400)]
    rows = [json.loads(piece)[2] for piece in pieces if piece[:1] == "["]
    assert sum(wh for wh in rows if wh) == 150000 + 400, rows
    remove(home.folder)


async def test_what_is_damaged_hides_nothing_before_it_and_nothing_is_written_behind_it():
    home = Home(folder())
    await home.run(T, T + 7200, {"grid.import": 100}, 900)
    path = "%s/%d.slt" % (home.folder, T)
    with open(path, "r+b") as f:
        f.seek(86 + 10)
        f.write(b"\x00\x01")
    home.boot()
    await home.run(T + 7200, T + 10800, {"grid.import": 100}, 900)
    assert files.names(home.folder, ".slt") == [T, T + 3600]
    rows = home.slots()
    assert [row[2] for row in rows[:4]] == [100] * 4
    assert sum(row[2] for row in rows) == 1200
    remove(home.folder)


async def test_two_years_fit_and_the_oldest_goes():
    home = Home(folder())
    for name in ("pv.export", "battery.import", "battery.export", "ev.energy", "tank.energy"):
        home.counters[name] = 1000
    await home.run(T, T + 60 * 86400, {"grid.import": 50, "heat_pump.energy": 20}, 900)
    now = T + 60 * 86400
    oldest = files.names(home.folder, ".slt")[0]
    assert oldest <= now - 35 * 86400
    count = 0
    for part in range(36 * 6):  # four hours at a time: more does not fit into memory beside what reads it
        t = now - 35 * 86400 + part * 14400
        rows = home.slots(t, t + 14400)
        assert [row[:2] for row in rows] == [[t + k * 900, 900] for k in range(16 if t < now else 0)], t
        assert all(row[2:10] == [50, 0, 0, 0, 0, 0, 20, 0] for row in rows)
        count += len(rows)
    assert count == 3360
    blocks = 0
    for name in os.listdir(home.folder):
        if name.endswith(".slt"):
            size = os.stat(home.folder + "/" + name)[6]
            assert size <= 8188  # two blocks of littlefs, the second with a pointer of 4 B
            blocks += 2
    assert blocks <= 20, blocks
    begin = home.log.days_file
    first = home.log.closed + 1
    for day in range(first, first + 800):
        begin = append.day(home.folder, begin, day, (1,) * 11)
    days = files.names(home.folder, ".day")
    assert len(days) <= 9
    assert all(files.size(home.folder, each, ".day") <= 4096 for each in days)
    assert days[0] <= day - 730
    assert home.days(day - 1)[-1][0] == day
    assert len(home.days(day - 730, day - 700)) == 30
    remove(home.folder)


async def test_questions_are_answered_in_pieces():
    home = Home(folder())
    await home.run(T, T + 2 * 86400, {"grid.import": 50}, 900)
    text = Text(read.slots(home.log, T, T + 86400))
    whole, largest = b"", 0
    with text:
        while True:
            part = text.read(512)
            if part == b"":
                break
            whole += part or b""
            largest = max(largest, len(part or b""))
    assert len(json.loads(whole)["rows"]) == 96
    assert largest < 700
    remove(home.folder)
