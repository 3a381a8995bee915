"""Modbus RTU on every rung: the first reading, and what neighbours notice of a slave that lies, stutters or dies."""

from itertools import pairwise

from osb_hil.targets import box
from osb_hil.targets.record import records


def last(rig):
    return records(rig.target.files())[-1].points


def test_from_power_on_to_the_first_reading(on_rig, record_property):
    async def talk(rig):
        await rig.target.until(lambda: records(rig.target.files()), on_rig.patience, "the first reading")
        record_property("seconds", rig.target.now_s())
        return records(rig.target.files())[0]

    first = on_rig(talk)
    # what box.meters() shows; a single-precision float of 1,234 kWh tells 0.1 Wh
    assert first.points["grid.power"] == (1500, "good")
    assert first.points["grid.import"] == (1_234_000, "good")
    assert first.points["grid.export"] == (56_000, "good")
    assert first.points["heat_pump.power"] == (500, "good")
    assert first.points["tank.energy"] == (333_000, "good")
    assert (first.epoch > 0, first.number) == (True, 1)


def test_neighbours_of_a_slave_that_lies_stutters_and_dies_keep_their_rhythm(on_rig):
    async def talk(rig):
        line, target, poll_s = rig.line, rig.target, rig.poll_s
        await target.until(lambda: records(target.files()), on_rig.patience, "the first reading")
        polls, bad = {box.GRID: [], box.TANK: []}, []
        for spoil in (
            line.garble,
            lambda unit: line.impersonate(unit, box.TANK),
            line.stutter,
            line.kill,
        ):
            spoil(box.HEAT_PUMP)
            begin = target.now_s()
            await target.until(lambda begin=begin: target.now_s() > begin + 3.4 * poll_s, 60, "time")
            for unit, times in polls.items():
                times.append([t for t in rig.asked(unit) if t > begin])
            bad.append(last(rig))
        line.revive(box.HEAT_PUMP)
        await target.until(
            lambda: last(rig)["heat_pump.power"] == (500, "good"), 120, "the values of the slave that is well again"
        )
        return polls, bad, poll_s

    polls, bad, poll_s = on_rig(talk)
    for unit, runs in polls.items():
        for times in runs:
            passes = [t for before, t in pairwise([0.0, *times]) if t - before > poll_s / 2]
            assert len(passes) >= 3, (unit, times)
            assert all(abs(b - a - poll_s) < 1.5 for a, b in pairwise(passes)), (unit, passes)
    for points in bad:
        assert points["grid.power"] == (1500, "good")
        assert points["tank.power"] == (250, "good")
        assert points["heat_pump.power"][1] in ("bad", "stale")
