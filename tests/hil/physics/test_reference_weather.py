"""Weather against the published file: DWD TRY2010, region 1, station Bremerhaven."""

import csv
from datetime import UTC, datetime

import numpy as np
import pytest

from osb_hil.weather import Weather, forecast, reference_year, write_forecast


def utc(*moment):
    return int(datetime(*moment, tzinfo=UTC).timestamp())


def test_rows_are_those_of_the_file():
    # columns t, B, D of the lines 1 1 10, 1 15 1, 2 28 12, 7 21 13 and 12 31 24
    year = reference_year()
    assert len(year) == 8760
    assert year[1, 1, 10] == (1.3, 7.0, 36.0)
    assert year[1, 15, 1] == (1.8, 0.0, 0.0)
    assert year[2, 28, 12] == (1.7, 35.0, 186.0)
    assert year[7, 21, 13] == (25.6, 279.0, 442.0)
    assert year[12, 31, 24] == (-0.4, 0.0, 0.0)


def test_a_value_stands_in_the_middle_of_its_hour_in_cet():
    # hour 13 of 21 July is 12:00 to 13:00 CET = 11:00 to 12:00 UTC, summer time or not
    weather = Weather(utc(2026, 7, 21), utc(2026, 7, 22))
    middle = 11 * 60 + 30
    assert weather.temp_c[middle - 1 : middle + 1].mean() == pytest.approx(25.6, abs=0.02)
    assert weather.beam_w_m2[middle - 1 : middle + 1].mean() == pytest.approx(279.0, abs=1.0)
    assert weather.ghi_w_m2[middle - 1 : middle + 1].mean() == pytest.approx(721.0, abs=1.0)


def test_leap_day_has_the_weather_of_the_day_before():
    leap, before = Weather(utc(2028, 2, 29), utc(2028, 3, 1)), Weather(utc(2028, 2, 28), utc(2028, 2, 29))
    noon = slice(6 * 60, 18 * 60)
    assert np.array_equal(leap.temp_c[noon], before.temp_c[noon])


def test_a_flat_plane_gets_the_horizontal_radiation_and_a_south_roof_more():
    weather = Weather(utc(2026, 4, 20), utc(2026, 4, 21))  # a clear day
    assert weather.on_plane(0.0, 180.0) == pytest.approx(weather.ghi_w_m2, abs=1e-6)
    south, north = weather.on_plane(35.0, 180.0).sum(), weather.on_plane(35.0, 0.0).sum()
    assert north < weather.ghi_w_m2.sum() < south


def test_forecast_errs_as_forecasts_do_and_the_same_for_a_seed():
    start, end = utc(2026, 1, 1), utc(2026, 3, 1)
    rows = forecast(start, end, seed=7)
    assert rows == forecast(start, end, seed=7)
    assert rows != forecast(start, end, seed=8)
    truth = Weather(start, end)
    error = np.array([temp for _, temp, _ in rows]) / 1000 - truth.temp_c.reshape(-1, 15).mean(axis=1)
    assert abs(error[0]) < 1.5
    assert 0.8 < error.std() < 1.6
    assert np.corrcoef(error[:-1], error[1:])[0, 1] > 0.9
    assert all(
        ghi == 0
        for (_, _, ghi), true in zip(rows, truth.ghi_w_m2.reshape(-1, 15).mean(axis=1), strict=True)
        if true == 0
    )


def test_forecast_file_covers_the_day_and_the_day_after(tmp_path):
    start = utc(2026, 1, 14, 23)
    path = tmp_path / "weather.csv"
    write_forecast(path, start, start + 86400, seed=1)
    with path.open() as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["start", "temp_c", "ghi_w_m2"]
    assert len(rows) == 1 + 192
    assert [row[0] for row in rows[1:3]] == ["2026-01-14T23:00:00+00:00", "2026-01-14T23:15:00+00:00"]
    assert all(-20 < float(row[1]) < 15 and int(row[2]) >= 0 for row in rows[1:])
