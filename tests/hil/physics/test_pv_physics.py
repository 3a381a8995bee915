import numpy as np
import pytest

from osb_hil.home.pv import ac_w, available_w
from osb_hil.home.spec import PvSpec
from osb_hil.weather import Weather


def test_power_by_hand():
    """800 W/m² at 20 °C: the cell has 20 + 800 / (25 + 6.84) = 45.126 °C (Faiman at 1 m/s), so the power is
    5000 x 0.8 x (1 - 0.004 x 20.126) x 0.86 x 0.96 = 3036.6 W."""
    watts = ac_w(5000.0, np.array([800.0, 0.0]), np.array([20.0, 20.0]))
    assert watts == pytest.approx([3036.6, 0.0], abs=0.5)


def test_a_year_on_the_coast_gives_what_roofs_there_give():
    """Southern roofs on the German coast make some 850 to 1000 kWh a year for each kW."""
    roof = PvSpec(1000.0, 35.0, 180.0)
    fifth_days = range(1767225600, 1767225600 + 365 * 86400, 5 * 86400)
    watt_minutes = sum(sum(available_w(roof, Weather(day, day + 86400))) for day in fifth_days)
    assert 820.0 < 5 * watt_minutes / 60_000 < 1080.0
