from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from osb_hub.cli import demo
from osb_hub.demo import story
from osb_hub.errors import InputError

BRUSSELS = ZoneInfo("Europe/Brussels")


def test_the_default_day_is_capped_in_the_evening_and_gets_dearer_at_one():
    told = story.tell(BRUSSELS, None, None, 36000, 20400)
    clock = [datetime.fromtimestamp(t, BRUSSELS).strftime("%H:%M") for t in (told.prices_move, told.cap_announced)]
    window = [datetime.fromtimestamp(t, BRUSSELS).strftime("%H:%M") for t in (told.cap_begins, told.cap_ends)]
    assert (told.day, clock, window) == (date(2026, 1, 15), ["13:00", "14:00"], ["17:00", "20:30"])
    ratio = told.final.eur_per_mwh / told.morning.eur_per_mwh
    assert ratio[: 17 * 4] == pytest.approx(1)
    assert ratio[17 * 4 : 21 * 4] == pytest.approx(1.3)
    assert ratio[21 * 4 :] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("day", "slots"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (date(2025, 12, 2), 96)]
)
@pytest.mark.parametrize("zone", [BRUSSELS, ZoneInfo("Europe/Lisbon")])
def test_any_other_day_gets_prices_for_all_of_its_slots(day, slots, zone):
    told = story.tell(zone, day, None, 36000, 20400)
    assert told.morning.slots == slots
    assert datetime.fromtimestamp(told.morning.start, zone).isoformat().startswith(f"{day}T00:00")
    peak = max(told.morning.by_slot().items(), key=lambda item: item[1])[0]
    assert datetime.fromtimestamp(peak, zone).hour == 18
    assert datetime.fromtimestamp(told.cap_begins, zone).hour == 17


def test_a_price_file_sets_the_day_and_refuses_another():
    given = story.DEFAULT_PRICES
    assert story.tell(BRUSSELS, None, given, 2, 1).day == date(2026, 1, 15)
    with pytest.raises(InputError, match="covers 2026-01-15, not 2026-01-16"):
        story.tell(BRUSSELS, date(2026, 1, 16), given, 2, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--homes", "0"], "--homes must be at least 1, not 0."),
        (["--cap-kw", "-1"], "--cap-kw must be above 0, not -1."),
        (["--zone", "Brussels"], "--zone must be a time zone such as Europe/Brussels, not Brussels."),
        (["--day", "15.1.2026"], "--day must be a date such as 2026-01-15, not 15.1.2026."),
        (["--prices", "none.csv"], "none.csv: cannot be read"),
    ],
)
def test_an_option_that_makes_no_sense_is_one_sentence_and_starts_nothing(tmp_path, arguments, sentence):
    import typer

    app = typer.Typer()
    app.command()(demo.command)
    result = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, InputError)
    assert sentence in str(result.exception)
    assert not (tmp_path / "out").exists()
