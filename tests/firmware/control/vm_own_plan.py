"""The box's own plan: prices of window and hub, who goes first, the car by its hour, the peak, what is said."""

import sys

from little_home import MIDNIGHT, ZONE, LittleHome, accept, hear, home, live, plan, points_with, put

from osb_box import finish
from osb_box.ahead import tariff
from osb_box.control import Controller

NIGHT = {"from": "22:00", "to": "06:00", "days": "all", "buy_eur_mwh": 180}
SUNDAY = {"from": "00:00", "to": "00:00", "days": "weekend", "buy_eur_mwh": 150}
TARIFF = {"buy_eur_mwh": 320, "sell_eur_mwh": 50, "windows": [NIGHT, SUNDAY]}
SIX_PM = MIDNIGHT - 6 * 3600


def a_box(**changes):
    return Controller(home(**changes), ZONE)


def work_off(box, now, points):
    """What the cycle does after a pass; the most pieces of a slice, or None."""
    try:
        slices = box.ahead(now, points)
        return None if slices is None else max([pieces for pieces in slices if pieces != ""])
    except MemoryError:  # as the cycle takes it: the last plan holds on, and the next slot tries again
        return None


def lived(box, little, points, start, end, note=None, poll_s=60):
    """Box, its own plans, and home from start to end."""

    def before(now):
        box.step(now, points)
        work_off(box, now, points)

    live(box, little, points, start, end, poll_s, before=before, after=note)


def test_windows_of_local_time():
    box = a_box(tariff=TARIFF)
    buy, sell = tariff.prices(box, SIX_PM, 96)
    assert list(buy) == [320] * 16 + [180] * 32 + [320] * 48  # 18..22, 22..06, 06..18 on Wednesday and Thursday
    assert list(sell) == [50] * 96
    saturday = MIDNIGHT + 2 * 86400
    assert list(tariff.prices(box, saturday, 96)[0]) == [180] * 24 + [150] * 64 + [180] * 8  # the first that fits


def test_the_hub_s_prices_go_first_and_its_last_day_is_repeated():
    box = a_box(tariff=TARIFF)
    message = {
        "t": SIX_PM,
        "start": SIX_PM,
        "slots": 96,
        "buy_eur_mwh": [100 + k for k in range(96)],
        "sell_eur_mwh": 400,
    }
    hear(box, "prices", message, SIX_PM)
    buy, sell = tariff.prices(box, SIX_PM + 900, 96)
    assert list(buy) == [101 + k for k in range(95)] + [100]
    assert list(sell) == list(buy)  # a meter that earns by itself is none
    later = SIX_PM + 191 * 900
    assert list(tariff.prices(box, later, 2)[0]) == [195, 320]  # two days are too long ago
    box = a_box()
    assert tariff.prices(box, SIX_PM, 96) is None
    hear(box, "prices", message, SIX_PM)
    assert tariff.prices(box, SIX_PM, 96)
    assert tariff.prices(box, SIX_PM + 2 * 86400, 96) is None


def test_without_a_price_nothing_is_planned():
    box, points = a_box(), points_with(SIX_PM, grid_power=500, room_temp=20500)
    box.step(SIX_PM, points)
    assert work_off(box, SIX_PM, points) is None
    assert box.desk.own is None


def test_each_plan_takes_the_place_of_the_last_one_and_not_a_new_one_in_the_midst_of_free_memory():
    box, points = a_box(tariff=TARIFF), points_with(SIX_PM, grid_power=500, room_temp=20500, battery_soc=420)
    box.step(SIX_PM, points)
    assert work_off(box, SIX_PM, points) is not None
    made, series = box.desk.own["made"], box.desk.own["powers"]["battery"]
    before = list(series)
    points = points_with(SIX_PM + 900, grid_power=500, room_temp=20500, battery_soc=900)
    box.step(SIX_PM + 900, points)
    assert work_off(box, SIX_PM + 900, points) is not None
    assert box.desk.own["made"] == made + 900
    assert box.desk.own["powers"]["battery"] is series
    assert list(series) != before


def test_once_a_slot_and_after_what_changes_it():
    box, points = a_box(tariff=TARIFF), points_with(SIX_PM, grid_power=500, room_temp=20500, ev_state=0, ev_energy=5)
    box.step(SIX_PM, points)
    assert work_off(box, SIX_PM, points) is not None
    made = box.desk.own["made"]
    assert work_off(box, SIX_PM + 60, points) is None
    box.override(22000, 60, SIX_PM + 70)
    assert work_off(box, SIX_PM + 120, points) is not None
    assert box.desk.own is None or box.desk.own["made"] > made
    points = points_with(SIX_PM + 180, grid_power=500, room_temp=20500, ev_state=1, ev_energy=5)
    box.step(SIX_PM + 180, points)  # the car has come
    assert work_off(box, SIX_PM + 180, points) is not None
    box.car(60, MIDNIGHT + 7 * 3600, SIX_PM + 190)
    assert work_off(box, SIX_PM + 240, points) is not None
    assert work_off(box, SIX_PM + 900, points) is not None
    assert not [name for name in sys.modules if name.startswith("osb_box.ahead.") and "tariff" not in name]


def test_the_car_waits_for_the_night_and_is_ready_in_the_morning():
    box, little, points = a_box(tariff=TARIFF), LittleHome(), points_with(SIX_PM - 900)
    little.car = 1
    charged = {}

    def note(now, commands):
        if commands["ev"]:
            charged[(now + 3600) % 86400 // 3600] = True

    lived(box, little, points, SIX_PM, MIDNIGHT + 7 * 3600 + 1800, note)
    assert all(hour >= 22 or hour < 6 for hour in charged), charged
    assert little.wh["ev"] >= 40 * 180 - 200, little.wh  # 40 km
    assert little.water > 44


def test_the_hub_goes_first_and_when_its_plan_ends_the_box_has_its_own():
    box, little, points = a_box(tariff=TARIFF), LittleHome(), points_with(SIX_PM)
    lived(box, little, points, SIX_PM, SIX_PM + 900)
    assert box.desk.own
    now = SIX_PM + 900
    accept(box, plan(now, 2, battery=1000, ttl_s=1200), now, points)
    modes = []

    def note(now, commands):
        modes.append((box.accounts["battery"].mode, box.desk.plan is not None, box.desk.own is not None))

    lived(box, little, points, now, now + 1800, note)
    assert modes[0] == ("plan", True, False)
    assert modes[25] == ("plan", False, True)  # after 20 minutes, not after the next slot
    assert box.state(now + 1800)["actuators"]["battery"] == {"mode": "plan", "reason": "the box's own plan"}
    assert not finish(box.messages())  # nobody is told of what concerns the household alone


def test_a_plan_that_saves_nothing_is_none():
    flat = {"buy_eur_mwh": 300, "sell_eur_mwh": 300}
    box = a_box(tariff=flat, heat_pump=None, tank=None, ev=None, pv=None)
    points = points_with(SIX_PM, grid_power=500, battery_soc=100)  # empty, and worth nothing at one price
    box.step(SIX_PM, points)
    work_off(box, SIX_PM, points)
    assert box.desk.own is None


def test_days_without_a_hub_nobody_notices():
    """Three days at 0 degrees: the room stays in its band, the water warm, the car has what it needs each morning."""
    box, little, points = a_box(tariff=TARIFF), LittleHome(outdoor_c=0.0), points_with(SIX_PM)
    below = [0]

    def note(now, commands):
        hour = (now + 3600) % 86400 // 3600
        low = 17.5 if hour >= 23 or hour < 6 else 19.5
        below[0] += little.air < low - 0.1
        assert little.water > 43, little.water

    lived(box, little, points, SIX_PM, SIX_PM + 3 * 86400, note, poll_s=180)
    assert below[0] == 0, below
    assert little.warmest < 22.6


def test_the_peak_is_held_with_a_load_that_nobody_foresaw():
    peak = dict(TARIFF, windows=None, peak_eur_kw_year=48)
    box, little, points = a_box(tariff=peak, battery=None), LittleHome(), points_with(SIX_PM)
    little.car = 1
    highest, energy = [0], [0]

    def note(now, commands):
        little.base_w = 2400 if (now - SIX_PM) % 3600 < 600 else 400  # a hob for ten minutes each hour
        energy[0] += little.grid() / 60
        if now % 900 == 840:
            highest[0] = max(highest[0], energy[0] * 4)
            energy[0] = 0

    lived(box, little, points, SIX_PM, MIDNIGHT + 7 * 3600, note)
    assert little.wh["ev"] >= 40 * 180 - 200, little.wh
    assert highest[0] < 4400, highest  # 7.4 kW is what the charger can, 2 kW the tank, full before the morning
    assert 2500 <= box.outlook.peak_w < 4400
    again = a_box(tariff=peak, battery=None)
    again.restore(finish(box.snapshot()))
    assert (again.outlook.month, again.outlook.peak_w) == (1, box.outlook.peak_w)
    assert tariff.peak(again, MIDNIGHT)[0] == box.outlook.peak_w
    february = MIDNIGHT + 20 * 86400
    assert tariff.peak(again, february) == (2500, 400 // 25)  # a new month; 48 EUR a year, 25 days to use it


def metered(box, points, start, end, load_w, told_w):
    """Let time pass in a home that draws `load_w`, whose meter says `told_w`; W that are paid for in the month."""
    for now in range(start, end + 60, 60):
        put(points, now, grid_power=load_w)
        if told_w is None:
            points.mark_bad("grid.peak", "W", now)
        else:
            put(points, now, grid_peak=told_w)
        box.step(now, points)
        finish(box.learning(points))
    return tariff.peak(box, end)[0]


def a_box_that_measures():
    peak = dict(TARIFF, peak_eur_kw_year=48)
    return a_box(tariff=peak, heat_pump=None, tank=None, ev=None, battery=None, pv=None), points_with(SIX_PM)


def test_the_meter_s_peak_of_the_month_goes_before_what_the_box_has_seen():
    box, points = a_box_that_measures()
    assert metered(box, points, SIX_PM, SIX_PM + 3600, 400, 4100) == 4100  # a new box in mid-month: paid for already
    assert metered(box, points, SIX_PM + 3600, SIX_PM + 7200, 400, None) == 4100  # the meter is silent
    assert metered(box, points, SIX_PM + 7200, SIX_PM + 9000, 400, 3900) == 3900  # the meter's is what is paid for
    assert metered(box, points, SIX_PM + 9000, SIX_PM + 9900, 4000, 3900) == 4000  # which it has yet to count
    assert metered(box, points, SIX_PM + 9900, SIX_PM + 10800, 400, 3980) == 3980  # what it was after all
    february = MIDNIGHT + 17 * 86400
    assert metered(box, points, february - 3600, february - 900, 400, 5200) == 5200
    assert metered(box, points, february - 900, february, 400, 5200) == 2500  # told a moment before midnight
    assert metered(box, points, february, february + 3600, 400, None) == 2500
    assert metered(box, points, february + 3600, february + 7200, 400, 2700) == 2700


def test_the_meter_s_peak_counts_where_the_slot_was_not_measured():
    box, points = a_box_that_measures()
    assert metered(box, points, SIX_PM - 60, SIX_PM, 400, 4100) == 4100  # the box has just started


def test_the_battery_does_not_make_up_for_a_car_that_takes_nothing():
    from osb_box.ahead.peak import hold

    box = a_box(tariff=dict(TARIFF, peak_eur_kw_year=48))
    points = points_with(SIX_PM, grid_power=1500, battery_soc=500, battery_power=0, heat_pump_power=0, tank_power=0)
    put(points, SIX_PM, ev_state=1, ev_energy=5, ev_power=0)
    box.step(SIX_PM, points)
    box.ev.full, box.outlook.peak_aim_w = True, 2500
    commands = {"heat_pump": ("off", 0, 20000), "tank": 0, "ev": 6000, "battery": 0, "pv": None}
    hold(box, commands, SIX_PM, 500)
    assert (commands["ev"], commands["battery"]) == (6000, 0)  # 1500 W and 6 A at 230 V would be 2880 W
    box.ev.full = False
    hold(box, commands, SIX_PM, 500)
    assert commands["battery"] == -480  # to 100 W below the aim


def test_what_is_said():
    from osb_box.ahead.say import ahead_state

    box, little, points = a_box(tariff=TARIFF), LittleHome(), points_with(SIX_PM)
    assert finish(ahead_state(box, SIX_PM)) is None
    little.car = 1
    lived(box, little, points, SIX_PM, SIX_PM + 1800)
    now = SIX_PM + 1800 - 60
    said = finish(ahead_state(box, now))
    assert (said["by"], said["start"], said["slot_s"]) == ("box", SIX_PM + 900, 900)
    assert [part["role"] for part in said["parts"]] == ["heat_pump", "tank", "ev", "battery"]
    assert all(len(part["power_w"]) == 96 for part in said["parts"])
    assert len(said["room_mc"]) == len(said["price"]) == 96
    assert said["price"][14:17] == [320, 180, 180]
    assert said["saved_ct"] > 20
    (car,) = [one for one in said["why"] if one["role"] == "ev"][:1]
    assert (car["key"], car["value"]) == ("cheap", 180)
    assert car["to"] > car["from"] >= SIX_PM + 4 * 3600
    accept(box, plan(now, 2, battery=1000), now, points)
    said = finish(ahead_state(box, now))
    assert (said["by"], said["why"][0]["key"], said["cost_ct"]) == ("hub", "hub", None)
