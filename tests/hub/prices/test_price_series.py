from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from osb_hub.errors import InputError
from osb_hub.prices.files import local_day
from osb_hub.prices.series import PriceSeries, Tariff, at_clock_times, month_begin, spot

BRUSSELS = ZoneInfo("Europe/Brussels")
DAY = 86400


def test_beyond_what_is_known_a_slot_has_the_price_of_a_day_earlier():
    known = {0: 10.0, 900: 20.0, DAY: 30.0}
    assert spot(known, DAY, 2).tolist() == [30, 20]
    assert spot(known, 3 * DAY, 2).tolist() == [30, 20]
    assert spot(known, -DAY, 1).tolist() == [10]  # nothing earlier: the first day that is known


def test_a_time_of_day_that_nobody_priced_is_named():
    with pytest.raises(InputError, match="No price is known for 00:30 UTC on any day"):
        spot({0: 10.0, 900: 20.0}, 0, 3)


def test_retail_prices_follow_the_tariff():
    tariff = Tariff(fee_eur_per_mwh=150, vat_pct=10, export_margin_eur_per_mwh=20)
    market = np.array([100.0, 0.0, -3000.0])
    assert tariff.import_price(market) == pytest.approx([275, 165, -3135])  # (100 + 150) · 1.1, ...
    assert tariff.export_price(market) == pytest.approx([80, -20, -3135])  # never above the import price


def test_a_day_of_prices_fits_the_clock_of_a_day_with_23_or_25_hours():
    begin, _ = local_day(np.datetime64("2026-01-15").item(), BRUSSELS)
    winter = PriceSeries(begin, np.repeat(np.arange(24.0), 4))
    spring, end = local_day(np.datetime64("2026-03-29").item(), BRUSSELS)
    hourly = at_clock_times(winter, BRUSSELS, spring, (end - spring) // 900).eur_per_mwh[::4]
    assert hourly.tolist() == [0, 1, *range(3, 24)]  # there is no 02:00
    autumn, end = local_day(np.datetime64("2026-10-25").item(), BRUSSELS)
    hourly = at_clock_times(winter, BRUSSELS, autumn, (end - autumn) // 900).eur_per_mwh[::4]
    assert hourly.tolist() == [0, 1, 2, 2, *range(3, 24)]  # 02:00 comes twice


def test_a_month_begins_on_the_local_clock_also_where_summer_time_began_in_it():
    def unix(text):
        return int(datetime.fromisoformat(text).timestamp())

    assert month_begin(unix("2026-03-31T12:00+02:00"), BRUSSELS) == unix("2026-03-01T00:00+01:00")
    assert month_begin(unix("2026-04-30T23:30+00:00"), BRUSSELS) == unix("2026-05-01T00:00+02:00")
