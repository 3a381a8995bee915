"""Points: what is fresh, what is old, and what was never to be believed."""

from osb_box.points import Points


def test_a_fresh_value():
    points = Points(180)
    points.set("grid.power", -1200, "W", 1000)
    assert points.value("grid.power", 1000) == -1200
    assert points.row("grid.power", 1060) == ["grid.power", -1200, "W", "good", 60]


def test_a_meter_that_stopped_answering_goes_stale():
    points = Points(180)
    points.set("grid.power", 5, "W", 1000)
    assert points.value("grid.power", 1180) == 5
    assert points.value("grid.power", 1181) is None
    assert points.row("grid.power", 1300) == ["grid.power", 5, "W", "stale", 300]


def test_garbage_is_bad_at_once_and_keeps_the_age_of_the_last_good_value():
    points = Points(180)
    points.set("grid.power", 5, "W", 1000)
    points.mark_bad("grid.power", "W", 1060)
    assert points.value("grid.power", 1060) is None
    assert points.row("grid.power", 1060) == ["grid.power", 5, "W", "bad", 60]
    points.set("grid.power", 6, "W", 1120)
    assert points.row("grid.power", 1120) == ["grid.power", 6, "W", "good", 0]


def test_garbage_from_the_start_has_no_value():
    points = Points(180)
    points.mark_bad("grid.power", "W", 1000)
    assert points.row("grid.power", 1000) == ["grid.power", None, "W", "bad", 0]
    assert points.value("nobody", 1000) is None


def test_a_clock_set_back_gives_no_negative_age():
    points = Points(180)
    points.set("grid.power", 5, "W", 1000)
    assert points.row("grid.power", 990)[4] == 0


def test_what_was_measured_before_the_clock_was_set_back_does_not_look_live():
    points = Points(180)
    points.set("grid.power", 5, "W", 5000)
    points.set_back(3600)
    assert points.row("grid.power", 1460) == ["grid.power", 5, "W", "good", 60]
    assert points.row("grid.power", 1600) == ["grid.power", 5, "W", "stale", 200]
    points.set("grid.power", 6, "W", 1660)
    assert points.value("grid.power", 1660) == 6


def test_names_are_sorted():
    points = Points(180)
    for name in ("pv.power", "grid.power", "ev.state"):
        points.set(name, 0, "1", 0)
    assert points.names() == ["ev.state", "grid.power", "pv.power"]
