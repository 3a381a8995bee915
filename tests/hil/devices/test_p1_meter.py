"""P1 telegrams against the standard's checksum and the texts that Dutch and Belgian meters print."""

from zoneinfo import ZoneInfo

import pytest

from osb_hil.devices.branch import Branch
from osb_hil.devices.p1_meter import P1Meter, crc16

BRUSSELS = ZoneInfo("Europe/Brussels")
MORNING = 1768464000  # Thursday 2026-01-15 09:00 in Brussels


def lines(telegram):
    return telegram.decode("ascii").split("\r\n")


@pytest.fixture
def branch():
    return [Branch(1234.0, 5_000_000.0, 1_000_000.0)]


def meter(branch, belgian):
    return P1Meter(lambda: branch[0], BRUSSELS, belgian, serial=7)


def test_the_checksum_is_crc_16_arc():
    assert crc16(b"123456789") == 0xBB3D  # check value of CRC-16/ARC in the CRC catalogue of RevEng


@pytest.mark.parametrize("belgian", [False, True])
def test_a_telegram_ends_in_the_checksum_of_all_before_it(branch, belgian):
    telegram = meter(branch, belgian).telegram(MORNING)
    body, tail = telegram[:-6], telegram[-6:]
    assert body[:1] == b"/"
    assert body[-1:] == b"!"
    assert tail == b"%04X\r\n" % crc16(body)
    assert b"\n" not in telegram.replace(b"\r\n", b"")


def test_a_belgian_telegram(branch):
    printed = lines(meter(branch, True).telegram(MORNING))
    assert printed[1] == ""  # an empty line after the identification
    for line in (
        "0-0:96.1.4(50217)",
        "0-0:1.0.0(260115090000W)",
        "1-0:1.8.1(002750.000*kWh)",
        "1-0:1.8.2(002250.000*kWh)",
        "1-0:2.8.1(000700.000*kWh)",
        "1-0:2.8.2(000300.000*kWh)",
        "0-0:96.14.0(0001)",
        "1-0:1.7.0(01.234*kW)",
        "1-0:2.7.0(00.000*kW)",
        "1-0:41.7.0(00.411*kW)",
        "1-0:32.7.0(230.0*V)",
        "1-0:31.7.0(001.79*A)",
        "1-0:1.4.0(00.000*kW)",
    ):
        assert line in printed


def test_a_dutch_telegram_counts_the_day_as_tariff_2(branch):
    dutch = meter(branch, False)
    dutch.telegram(MORNING)
    branch[0] = Branch(-500.0, 5_000_120.0, 1_000_000.0)
    printed = lines(dutch.telegram(MORNING + 60))
    assert "1-3:0.2.8(50)" in printed
    assert "0-0:96.14.0(0002)" in printed
    assert "1-0:1.8.1(002250.000*kWh)" in printed
    assert "1-0:1.8.2(002750.120*kWh)" in printed
    assert "1-0:1.7.0(00.000*kW)" in printed
    assert "1-0:2.7.0(00.500*kW)" in printed
    assert "1-0:31.7.0(001*A)" in printed
    assert not [line for line in printed if line.startswith("1-0:1.4.0")]


def test_the_belgian_peak_is_the_highest_quarter_hour(branch):
    belgian = meter(branch, True)
    for minute, wh in ((0, 0), (14, 900), (15, 1000), (30, 1250)):
        branch[0] = Branch(0.0, 5_000_000.0 + wh, 0.0)
        printed = lines(belgian.telegram(MORNING + 60 * minute))
        if minute == 14:
            assert "1-0:1.4.0(03.600*kW)" in printed  # 900 Wh in the quarter so far
    assert "1-0:1.6.0(260115091500W)(04.000*kW)" in printed  # 1000 Wh in 15 minutes
    february = 1769900400  # 2026-02-01 00:00 in Brussels
    assert "1-0:1.6.0(260115091500W)(04.000*kW)" in lines(belgian.telegram(february - 1))
    assert "1-0:1.6.0(260201000000W)(00.000*kW)" in lines(belgian.telegram(february))
