"""What the car usually takes, learned from its sessions: 7200 Wh are configured, 40 km of 180 Wh."""

from little_home import MIDNIGHT, ZONE, home

from osb_box import finish
from osb_box.control import Controller
from osb_box.plan.household import ask

SIX_PM = MIDNIGHT - 6 * 3600


class Driver:
    """Has driven so many Wh when the car comes home, and leaves at 8 o'clock; a plan charges what is needed by then."""

    def __init__(self, box):
        self.box, self.day, self.counter, self.lacking = box, 0, 500000, 0

    def night(self, driven_wh, least_wh=None):
        """A session; it ends when `least_wh` are in, or with the need. What the battery lacks in the morning [Wh]."""
        car, now = self.box.ev, SIX_PM + 86400 * self.day
        self.day += 1
        self.lacking += driven_wh
        car.see(now, 1, self.counter, 0)
        wh = min(self.lacking, car.need() if least_wh is None else least_wh)
        self.lacking -= wh
        self.counter += wh
        car.see(now + 6 * 3600, 2, self.counter, 16000)
        if not self.lacking:
            for minute in range(6):
                car.see(now + 7 * 3600 + 60 * minute, 1, self.counter, 6000)
        car.see(now + 14 * 3600, 0, self.counter, 0)
        return self.lacking


def a_box(daily_km=40):
    return Controller(home(ev=dict(home()["ev"], daily_km=daily_km)), ZONE)


def usual(box):
    return box.state(MIDNIGHT)["car"]["usual_wh"]


def test_who_drives_far_leaves_full_after_a_while():
    box = a_box()
    driver = Driver(box)
    assert usual(box) is None
    lacking = [driver.night(12000) for _ in range(28)]
    assert lacking[0] == 4800
    assert lacking[-14:] == [0] * 14, lacking
    assert 12000 <= usual(box) <= 16000
    for _ in range(60):
        driver.night(12000)
    assert 12000 <= usual(box) <= 12300


def test_who_drives_little_is_not_planned_for_much():
    box = a_box()
    driver = Driver(box)
    assert max(driver.night(4500) for _ in range(60)) == 0
    assert 4500 <= box.ev.need() <= 4700
    assert usual(box) == box.ev.need()


def test_half_to_three_times_what_was_configured():
    box = a_box()
    driver = Driver(box)
    for _ in range(100):
        driver.night(1000)
    assert box.ev.need() == 3600
    for _ in range(60):
        driver.night(40000)
    assert box.ev.need() == 21600


def test_weekends_at_home_leave_it_near_what_working_days_take():
    box = a_box()
    driver = Driver(box)
    lacking = [driver.night(3000 if day % 7 > 4 else 10000) for day in range(70)][28:]
    assert max(lacking) < 2000, lacking
    assert sum(lack > 0 for lack in lacking) <= 12, lacking  # of 42 mornings


def test_what_teaches_nothing():
    box = a_box()
    driver = Driver(box)
    driver.night(9000, 3000)  # unplugged early
    driver.night(0, 100)
    driver = Driver(box)
    driver.night(300)  # round the corner
    ask(box.ev, 150, SIX_PM + 86400 + 13 * 3600, SIX_PM + 80000)
    driver.night(30000)
    assert usual(box) is None
    assert box.ev.need() == 7200


def test_kept_over_a_restart_until_forgotten_or_configured_anew():
    box = a_box()
    driver = Driver(box)
    for _ in range(5):
        driver.night(12000)
    learned = usual(box)
    assert learned > 7200
    kept = finish(box.snapshot())
    again, other = a_box(), a_box(daily_km=60)
    again.restore(kept)
    other.restore(kept)
    assert (usual(again), usual(other), other.ev.need()) == (learned, None, 10800)
    again.car(None, None, MIDNIGHT)
    assert (usual(again), again.ev.need()) == (None, 7200)
    assert again.outlook.anew
