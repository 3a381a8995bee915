"""What the past cost and saved: two closed days and the running one, summed by hand."""

import json
import os

from osb_box.ahead import Outlook
from osb_box.history import append, files
from osb_box.web import past

ZONE = {"utc_offset_s": 3600, "dst": "eu"}
FOLDER = "/tmp/osb-vm-past"
DAY = 20453  # Wednesday 2025-12-31; 2026 begins the day after
MIDNIGHT = (DAY + 2) * 86400 - 3600  # of Friday 2026-01-02, local time
NOW = MIDNIGHT + 2 * 3600
NONE = 0xFFFFFFFF


class Log:
    folder = FOLDER
    zone = ZONE

    class box:
        zone, outlook = ZONE, Outlook(())
        home = {"tariff": {"buy_eur_mwh": 300, "sell_eur_mwh": 50}}

    closed = DAY + 1
    rows = b""
    end = NOW


class Box:
    class cycle:
        history = Log


class Request:
    def __init__(self, query):
        self.query = query

    async def load(self, *names):
        for name in names:
            module = __import__(name, None, None, ("it",))
        return module


def fill():
    try:
        os.mkdir(FOLDER)
    except OSError:
        pass
    for name in os.listdir(FOLDER):
        os.remove(FOLDER + "/" + name)
    begin = 0
    # import, export, sun, battery in, out, car, heat pump, tank [Wh], cost [1/100 ct], minutes, peak
    for day, values in (
        (DAY, (9000, 1000, 4000, 500, 400, 0, 5000, 2000, 26500, 0, 900)),
        (DAY + 1, (6000, 500, 2000, 0, 0, 0, 4000, 1000, 17750, 0, 700)),
    ):
        begin = append.day(FOLDER, begin, day, values)
    rows = b""
    for import_wh in (100, 200, 300):
        rows += files.struct.pack(files.ROW, import_wh, 0, 0xFFFF, 0xFFFF, 0xFFFF, 0, 80, 0xFFFF, import_wh * 3, 100, 0)
    append.slots(FOLDER, 0, MIDNIGHT, 1, rows)


async def test_sums_of_the_day_the_week_the_month_and_the_year():
    fill()
    told = await past.savings(Request(""), Box, NOW)
    # today: no sun is known; 600 Wh at 300 EUR/MWh are 18 ct
    assert told["today"]["import_wh"] == told["today"]["used_wh"] == 600
    assert (told["today"]["cost_ct"], told["today"]["pv_wh"], told["today"]["self_used_pm"]) == (18, None, None)
    # the week began on Monday 2025-12-29: both days and today
    week = told["week"]
    assert (week["import_wh"], week["export_wh"], week["pv_wh"]) == (15600, 1500, 6000)
    # 15600 - 1500 + 6000 + 400 - 500
    assert week["used_wh"] == 20000
    assert week["self_used_pm"] == 750  # 4500 of 6000
    assert week["self_made_pm"] == 220  # 1 - 15600 / 20000
    assert week["cost_ct"] == 460  # (26500 + 17750 + 1800) / 100
    assert week["sun_ct"] == 112  # 4.5 kWh, each 25 ct dearer to buy than to sell
    # month and year began yesterday
    assert told["month"] == told["year"]
    assert told["year"]["import_wh"] == 6600


async def test_the_own_sun_is_worth_what_the_hours_with_sun_cost():
    fill()
    row = files.struct.pack(files.ROW, 0, 100, 600, 0xFFFF, 0xFFFF, 0, 80, 0xFFFF, 0, 100, 0)
    append.slots(FOLDER, MIDNIGHT, MIDNIGHT + 2700, 1, row)
    night = {"from": "22:00", "to": "06:00", "days": "all", "buy_eur_mwh": 100}
    tariff = {"buy_eur_mwh": 300, "sell_eur_mwh": 50, "windows": [night], "peak_eur_kw_year": 48}
    flat, Log.box.home = Log.box.home, {"tariff": tariff}
    try:
        told = await past.savings(Request(""), Box, NOW)
        # 0.5 kWh in the night, each 5 ct dearer to buy than to sell; 3 and 1.5 kWh at noon prices, each 25 ct
        assert (told["today"]["sun_ct"], told["year"]["sun_ct"], told["week"]["sun_ct"]) == (2, 40, 115)
        assert told["peak_eur_kw_year"] == 48
        # of the hub's prices the past ones are not kept
        Log.box.outlook.prices = {"start": NOW, "buy_eur_mwh": [300], "sell_eur_mwh": [50]}
        assert (await past.savings(Request(""), Box, NOW))["week"]["sun_ct"] is None
    finally:
        Log.box.home, Log.box.outlook.prices = flat, None


async def test_a_day_that_waits_for_its_last_rows_is_not_missing():
    fill()
    Log.closed = DAY
    os.remove(FOLDER + "/%d.day" % DAY)
    row = files.struct.pack(files.ROW, 50, 0, 0xFFFF, 0xFFFF, 0xFFFF, 0, 0, 0xFFFF, 0, 100, 0)
    os.remove(FOLDER + "/%d.slt" % MIDNIGHT)
    append.slots(FOLDER, 0, MIDNIGHT - 1800, 1, row * 2)
    Log.rows = row
    Log.end = MIDNIGHT + 900
    told = await past.savings(Request(""), Box, NOW)
    assert (told["today"]["import_wh"], told["year"]["import_wh"]) == (50, 150)
    Log.rows = b""
    Log.closed = DAY + 1


async def read(query):
    kind, text, _, status = await past.history(Request(query), Box, NOW)
    assert (kind, status) == ("application/json", 200)
    whole = b""
    with text as pieces:
        while True:
            part = pieces.read(64)
            if part == b"":
                return json.loads(whole.decode())
            whole += part or b""


async def test_the_history_comes_in_pieces_by_slot_and_by_day():
    fill()
    slots = await read("from=%d&to=%d" % (MIDNIGHT + 900, NOW))
    assert slots["columns"][:3] == ["t", "seconds", "import_wh"]
    assert [row[:3] for row in slots["rows"]] == [[MIDNIGHT + 900, 900, 200], [MIDNIGHT + 1800, 900, 300]]
    days = await read("step=day&from=%d&to=%d" % (MIDNIGHT - 2 * 86400, MIDNIGHT))
    assert [row[:2] for row in days["rows"]] == [[DAY, 9000], [DAY + 1, 6000]]
    assert (await read("step=day&from=%d&to=%d" % (MIDNIGHT - 86400, NOW)))["rows"][0][0] == DAY + 1


async def test_a_question_that_cannot_be_meant_gets_a_sentence():
    for query, sentence in (
        ("from=x", "from, to: must be Unix seconds"),
        ("step=hour", "step: must be slot or day"),
        ("from=0&to=691201", "to: must lie within 8 days after from, or step must be day"),
        ("form=0", "form: must be one of from, to, step"),
    ):
        try:
            await past.history(Request(query), Box, NOW)
            said = "it was answered"
        except ValueError as e:
            said = str(e)
        assert said == sentence
