"""The standards' numbers on the VM; test_feeling.py compares them with others' code, and in single precision."""

from table_d1 import PRINTED, ROW_7, ROW_7_BY_THE_PROGRAMME

from osb_box.comfort.en16798 import band, running_mean
from osb_box.comfort.iso7730 import pmv, ppd


def test_iso_7730_table_d1():
    for air, radiant, speed, humidity, met, clo, vote, dissatisfied in PRINTED:
        found = pmv(air, radiant, speed, humidity / 100, met, clo)
        assert abs(found - vote) < 0.1, (air, clo, found)
        assert abs(ppd(found) - dissatisfied) < 1, (air, clo, ppd(found))
    air, radiant, speed, humidity, met, clo = ROW_7
    assert abs(pmv(air, radiant, speed, humidity / 100, met, clo) - ROW_7_BY_THE_PROGRAMME) < 0.01


def test_a_room_that_is_no_room_still_gets_a_number():
    for air in (-40.0, 0.0, 60.0, 100.0):
        for clo in (0.0, 4.0):
            assert -200 < pmv(air, 100.0 - air, 0.0, 1.0, 0.8, clo) < 200


def test_en_16798_by_hand():
    # 0.33 * 20 + 18.8 = 25.4; category II: 4 below, 3 above
    assert band(20000, 2) == (21400, 28400)
    assert band(10000, 1) == (19100, 24100)  # 22.1 - 3, + 2
    assert band(30000, 3) == (23700, 32700)  # 28.7 - 5, + 4
    assert band(9999, 2) is None
    assert band(30001, 2) is None
    assert band(None, 2) is None
    assert running_mean(None, 12000) == 12000
    assert running_mean(10000, 20000) == 12000  # 0.8 * 10 + 0.2 * 20
