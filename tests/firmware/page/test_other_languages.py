"""What a household does, in a language that is not English: the numbers it types and the effect on its home."""

from datetime import datetime
from zoneinfo import ZoneInfo

from test_screens import complete, show

BRUSSELS = ZoneInfo("Europe/Brussels")


def test_warmer_in_german(inside, home):
    page = inside("de")
    show(page, "comfort")
    before = page.inner_text("#wanted")
    assert "," in before  # 20,5 °C
    page.get_by_role("button", name="Wärmer", exact=True).click()
    page.get_by_label("1 Stunde").check()
    page.get_by_role("button", name="Jetzt tun").click()
    page.get_by_role("button", name="Zurück zum Üblichen").wait_for()
    override = home.status()["control"]["override"]
    assert override["target_mc"] == round(float(before.split("\u00a0")[0].replace(",", ".")) * 1000) + 500
    assert override["until"] - home.now == 3600
    show(page, "now")
    assert "Sie" in page.inner_text("main")  # who decides
    show(page, "comfort")
    page.get_by_role("button", name="Zurück zum Üblichen").click()
    page.get_by_role("button", name="Jetzt tun").wait_for()
    assert home.status()["control"]["override"] is None


def test_a_holiday_in_dutch(inside, home):
    page = inside("nl")
    show(page, "comfort")
    back = datetime.fromtimestamp(home.now + 10 * 86400, BRUSSELS).replace(hour=16, minute=0, second=0)
    page.get_by_label("Terug op").fill(back.strftime("%Y-%m-%d"))
    page.get_by_label("Intussen (°C)").fill("15.5")
    page.get_by_role("button", name="We zijn weg").click()
    page.get_by_role("button", name="We zijn terug").wait_for()
    told = home.ask("/api/comfort")["holiday"]
    assert told == {"until": int(back.timestamp()), "mc": 15500}
    assert "15,5\u00a0°C" in page.inner_text("main")
    complete(page)
    page.get_by_role("button", name="We zijn terug").click()
    page.get_by_role("button", name="We zijn weg").wait_for()
    assert home.ask("/api/comfort")["holiday"] is None
