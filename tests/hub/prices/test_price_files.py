"""Price files: one local day, complete, in a known unit; everything else is one sentence."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from osb_hub.demo import story
from osb_hub.errors import InputError
from osb_hub.prices.files import read

BRUSSELS = ZoneInfo("Europe/Brussels")
WINTER = datetime(2026, 1, 14, 23, tzinfo=UTC)  # 2026-01-15T00:00+01:00
SPRING = datetime(2026, 3, 28, 23, tzinfo=UTC)  # 2026-03-29, the day with 23 hours
AUTUMN = datetime(2026, 10, 24, 22, tzinfo=UTC)  # 2026-10-25, the day with 25 hours


@pytest.fixture
def write(tmp_path):
    def write(rows, header="start,eur_per_mwh"):
        path = tmp_path / "prices.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write


def day(begin, count, step_s=3600):
    times = [(begin + timedelta(seconds=i * step_s)).astimezone(BRUSSELS) for i in range(count)]
    return [f"{t.isoformat(timespec='minutes')},{i}.5" for i, t in enumerate(times)]


@pytest.mark.parametrize(
    ("begin", "hours", "start"),
    [(WINTER, 24, 1768431600), (SPRING, 23, 1774738800), (AUTUMN, 25, 1792879200)],
)
def test_a_day_has_as_many_hours_as_its_clock_gives_it(write, begin, hours, start):
    hourly = read(write(day(begin, hours)), BRUSSELS)
    assert (hourly.start, hourly.slots, hourly.end) == (start, hours * 4, start + hours * 3600)
    assert hourly.eur_per_mwh[:5].tolist() == [0.5, 0.5, 0.5, 0.5, 1.5]
    quarters = read(write(day(begin, hours * 4, 900)), BRUSSELS)
    assert (quarters.start, quarters.slots) == (start, hours * 4)
    assert quarters.eur_per_mwh[:3].tolist() == [0.5, 1.5, 2.5]


def test_prices_per_kwh_are_a_thousand_times_those_per_mwh(write):
    series = read(write(day(WINTER, 24), "start,eur_per_kwh"), BRUSSELS)
    assert series.eur_per_mwh[4] == 1500.0


def test_offsets_may_be_written_in_any_zone_and_prices_may_be_negative(write):
    rows = [f"{(WINTER + timedelta(hours=i)).isoformat()},-{i}" for i in range(24)]
    assert read(write(rows), BRUSSELS).eur_per_mwh[-1] == -23


@pytest.mark.parametrize(
    ("change", "header", "sentence"),
    [
        (lambda r: r[:7] + r[8:], None, "line 9: there is a gap, the price at 2026-01-15T07:00+01:00 is missing."),
        (lambda r: [*r[:7], r[6], *r[7:]], None, "line 9: 2026-01-15T06:00+01:00 is there twice."),
        (lambda r: [r[0], r[2], r[1], *r[3:]], None, "line 4: 2026-01-15T01:00+01:00 is earlier than the row before."),
        (lambda r: r, "start,ct_per_kwh", "must be start,eur_per_mwh or start,eur_per_kwh, not 'start,ct_per_kwh'."),
        (lambda r: r, "price", "must be start,eur_per_mwh or start,eur_per_kwh, not 'price'."),
        (lambda r: ["2026-01-15T00:00+01:00,n/a", *r[1:]], None, "line 2: 'n/a' is not a number."),
        (lambda r: ["2026-01-15T00:00+01:00,nan", *r[1:]], None, "line 2: 'nan' is not a number."),
        (lambda r: ["2026-01-15T00:00,1", *r[1:]], None, "line 2: 2026-01-15T00:00 has no UTC offset, such as +01:00"),
        (lambda r: ["midnight,1", *r[1:]], None, "line 2: 'midnight' is not a time such as 2026-01-15T00:00+01:00."),
        (lambda r: ["2026-01-15T00:00+01:00;1", *r[1:]], None, "line 2: must have a start and a price, not 1 values."),
        (lambda r: r[:23], None, "has 23 hourly prices, but 2026-01-15 has 24 hours, that is 24 hourly prices."),
        (
            lambda r: r[1:],
            None,
            "begins at 2026-01-15T01:00+01:00, a file must begin with the local day, at 2026-01-15T00:00",
        ),
        (lambda r: r[::2], None, "rows are 7200 s apart, they must be hourly or 15-minute."),
        (lambda r: [], None, "holds 0 prices, a day has at least 23."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(write, change, header, sentence):
    path = write(change(day(WINTER, 24)), header or "start,eur_per_mwh")
    with pytest.raises(InputError) as error:
        read(path, BRUSSELS)
    assert sentence in str(error.value)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize(("begin", "hours", "wanted"), [(SPRING, 24, 23), (SPRING, 22, 23), (AUTUMN, 24, 25)])
def test_a_dst_day_of_the_wrong_length_names_the_reason(write, begin, hours, wanted):
    with pytest.raises(InputError, match=r"because the clocks change that day \(DST\) in Europe/Brussels") as error:
        read(write(day(begin, hours)), BRUSSELS)
    assert f"has {hours} hourly prices" in str(error.value)
    assert f"that is {wanted} hourly prices." in str(error.value)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv: cannot be read"):
        read(tmp_path / "none.csv", BRUSSELS)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"binary\.csv: is not text in UTF-8"):
        read(tmp_path / "binary.csv", BRUSSELS)


def test_the_day_that_ships_with_the_demo_is_a_good_file():
    series = read(story.DEFAULT_PRICES, BRUSSELS)
    assert (series.start, series.slots) == (1768431600, 96)
    evening = series.eur_per_mwh[17 * 4 : 20 * 4]
    assert evening.mean() > 1.5 * series.eur_per_mwh.mean() * 0.9
