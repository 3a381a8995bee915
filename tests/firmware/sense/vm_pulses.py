"""Pulses: energy without rounding loss, power from their spacing, and nothing told that is not known."""

from osb_box.bus import BusError
from osb_box.sense.pulse import Pulses, watts


def test_energy_loses_no_part_of_a_pulse():
    """800 pulses a kWh are 1.25 Wh each: 3 pulses are 3.75 Wh, 4 are 5."""
    pulses = Pulses(800)
    told = []
    for count in range(9):
        pulses.look(count, 1000 * count)
        told.append(pulses.energy_wh())
    assert told == [0, 1, 2, 3, 5, 6, 7, 8, 10]
    pulses.look(800000000, 10000)
    assert pulses.energy_wh() == 1000000000  # a million kWh, to the Wh


def test_power_is_that_of_the_pulses_between_two_questions():
    """1000 pulses a kWh: one in 3.6 s is 1 kW."""
    assert watts(1, 3600, 1000) == 1000
    pulses = Pulses(1000)
    for i in range(6):
        pulses.look(i + 1, 3600 * i)
    assert pulses.power_w(18100) == 1000
    for i in range(6, 9):  # now twice as fast
        pulses.look(i + 1, 18000 + 1800 * (i - 5))
    assert pulses.power_w(23500) == 2000


def test_nothing_is_told_before_it_is_known():
    pulses = Pulses(1000)
    assert pulses.power_w(0) is None
    pulses.look(0, 0)
    assert pulses.power_w(10000) is None  # below 360 W, but how far?
    assert pulses.power_w(100000) == 36  # certainly less than that
    pulses.look(1, 110000)
    assert pulses.power_w(111000) is None  # one pulse has no spacing
    pulses.look(2, 120000)
    assert pulses.power_w(120000) == 360


def test_silence_bounds_the_power_from_above():
    """Half a minute without a pulse is less than 120 W, a quarter of an hour less than 4 W."""
    pulses = Pulses(1000)
    pulses.look(1, 0)
    pulses.look(2, 3600)
    assert pulses.power_w(4000) == 1000
    told = [pulses.power_w(3600 + s * 1000) for s in (1, 3, 10, 30, 300, 900, 3600)]
    assert told == [1000, 1000, 360, 120, 12, 4, 1]
    pulses.look(3, 3603600)
    assert pulses.power_w(3603600) == 1  # one pulse within the hour


def test_after_a_day_of_silence_nobody_knows():
    pulses = Pulses(1000)
    pulses.look(1, 0)
    pulses.look(2, 3600)
    assert pulses.power_w(86400000) == 0
    try:
        pulses.power_w(86404601)
        raise AssertionError("told")
    except BusError as e:
        assert (e.kind, str(e)) == ("timeout", "no pulse came for a day: is the wire connected?")


def test_what_was_kept_goes_on_and_another_meter_begins_anew():
    before = Pulses(1000)
    before.look(12345, 0)
    kept = before.total()
    after = Pulses(1000, kept)
    assert after.energy_wh() == 12345
    after.look(5, 0)
    assert after.energy_wh() == 12350
    other = Pulses(800, after.total())  # an exchanged meter: what was counted stays
    other.look(4, 0)
    assert other.energy_wh() == 12355
