"""The heat store and the band in numbers worked by hand."""

from little_home import COMFORT, MIDNIGHT, ZONE, home

from osb_box.comfort.band import Band, guard
from osb_box.comfort.thermal import HeatStore, interpolate
from osb_box.control import Controller
from osb_box.plan.learn import learn_heat


def room():
    return HeatStore(180, 6000)


def test_one_slot_of_1r1c():
    # dt H / C = 0.25 h * 180 W/K / 6000 Wh/K = 0.0075; exp(-0.0075) = 0.992528; (1 - 0.992528) / 0.0075 = 0.996259
    heat = room()
    assert heat.retention_ppm == 992528
    assert 996250 <= heat.mean_ppm <= 996268
    assert heat.fill(20500) == 63000  # 10.5 K * 6000 Wh/K
    # 0 degrees outside: 180 * -10 + 350 = -1450 W; * 0.996259 = -1444.6 W
    assert heat.usage(0, 350) == -1445
    # unheated from 20.5: 63000 * 0.992528 - 1445 / 4 = 62168 Wh -> 20.361 degrees
    assert 20360 <= heat.predict(20500, 0, 350, 0) <= 20362
    # steady state: 180 * 20.5 = 3690 W lost, 350 W gained, 3340 W heated
    assert 20498 <= heat.predict(20500, 0, 350, 3340) <= 20501


def test_tank_without_loss():
    heat = HeatStore(0, 232)
    assert heat.retention_ppm == 1000000
    assert heat.mean_ppm == 1000000
    assert heat.predict(50000, 20000, 0, 928) == 51000  # 232 Wh in a slot warm 232 Wh/K by 1 K


def test_cop_between_and_beyond_the_table():
    table = [[-7000, 2500], [2000, 3300], [7000, 3900]]
    assert interpolate(table, -20000) == 2500
    assert interpolate(table, -2500) == 2900  # half of the way from -7 to 2
    assert interpolate(table, 2000) == 3300
    assert interpolate(table, 4500) == 3600
    assert interpolate(table, 15000) == 3900


def test_a_wrong_loss_is_learned():
    # the building really loses 207 W/K: at 20 degrees and 0 outside 27 * 20 = 540 W more than the model says
    model, real = room(), HeatStore(207, 6000)
    mc = 20000
    for _ in range(150):
        after = real.predict(mc, 0, 350, 3800)
        model.begun_mc = mc
        learn_heat(model, after, 0, 350, 3800, 1440)
        mc = after
    want = -27 * mc // 1000
    assert abs(model.bias_w - want) < 60, (model.bias_w, want)


def test_the_correction_is_bounded():
    model = room()
    for _ in range(500):
        model.begun_mc = 20000
        learn_heat(model, 15000, 0, 350, 0, 1440)
    assert model.bias_w == -1440


def test_band_by_local_time():
    band = Band(COMFORT, ZONE)
    assert band.at(MIDNIGHT) == (17500, 22500)
    assert band.at(MIDNIGHT + 6 * 3600 - 1) == (17500, 22500)
    assert band.at(MIDNIGHT + 6 * 3600) == (19500, 22500)
    assert band.at(MIDNIGHT + 23 * 3600 - 1) == (19500, 22500)
    assert band.at(MIDNIGHT + 23 * 3600) == (17500, 22500)
    summer = 1784066400  # 2026-07-15 00:00 in Berlin, 22:00 UTC
    assert band.at(summer - 3600) == (17500, 22500)
    assert band.at(summer - 3601) == (19500, 22500)


def test_the_morning_is_warmed_before_it_comes():
    # at 200 mK a slot the 2 K from 17.5 to 19.5 take ten slots: from 03:30
    band = Band(COMFORT, ZONE)
    assert band.at(MIDNIGHT + 3 * 3600, None, 200)[0] == 17500
    assert band.at(MIDNIGHT + 5 * 3600, None, 200)[0] == 19500 - 4 * 200
    assert band.at(MIDNIGHT + 5 * 3600 + 450, None, 200)[0] == 19500 - 700
    assert band.at(MIDNIGHT + 6 * 3600, None, 200)[0] == 19500


def test_no_night():
    same = dict(COMFORT, night=["00:00", "00:00"])
    assert Band(same, ZONE).at(MIDNIGHT) == (19500, 22500)


def test_override_replaces_the_band_for_its_time():
    box = Controller(home(), ZONE)
    band = box.band
    box.override(23000, 60, MIDNIGHT)
    assert band.at(MIDNIGHT + 3599) == (22500, 23500)
    assert band.target(MIDNIGHT + 3599) == 23000
    assert band.at(MIDNIGHT + 3600) == (17500, 22500)
    assert band.target(MIDNIGHT + 3600) == 20500
    box.override(23000, 60, MIDNIGHT)
    box.override(0, 0, MIDNIGHT + 60)
    assert not band.overridden(MIDNIGHT + 60)


def test_an_override_that_cannot_be_meant():
    box = Controller(home(), ZONE)
    band = box.band
    try:
        box.override(225, 60, MIDNIGHT)
    except ValueError as e:
        assert str(e) == "target_mc must be 10000..28000, not 225"
    else:
        raise AssertionError("accepted")
    assert not band.overridden(MIDNIGHT)


def test_guard_has_hysteresis():
    verdict, seen = 0, []
    for value in (19700, 19590, 19800, 19900, 22310, 22200, 22100, 22310, None):
        verdict = guard(verdict, value, 19500, 22500, 100, 200, 400)
        seen.append(verdict)
    assert seen == [0, -1, -1, 0, 1, 1, 0, 1, 0]
