"""The pictures in docs/img: taken of the living home, to be looked at by a person. Run by `make soak`."""

import pytest
from test_events_and_terms import announce, next_slot, offer
from test_installer import by_hand, save

from osb_hil.firmware import ROOT

IMAGES = ROOT / "docs" / "img"
PICTURES = (
    ("page-now.png", "en", "now", False),
    ("page-now-dark.png", "en", "now", True),
    ("page-energy-german.png", "de", "use", False),
    ("page-comfort.png", "fr", "comfort", False),
    ("page-installer.png", "en", "installer", False),
    ("page-car.png", "en", "car", False),
    ("page-coming.png", "en", "coming", False),
    ("page-events.png", "en", "events", False),
    ("page-privacy.png", "de", "privacy", False),
    ("page-settings.png", "nl", "settings", False),
)


@pytest.mark.soak
def test_pictures_for_the_documents(inside, home):
    home.live(3 * 3600)
    something_agreed(home)
    for name, lang, screen, dark in PICTURES:
        page = inside(lang, dark=dark)
        page.evaluate("name => { location.hash = name }", screen)
        page.wait_for_timeout(4000)
        assert screen != "installer" or page.locator(".lines li").count() > 1
        page.evaluate("() => document.activeElement.blur()")
        page.screenshot(path=IMAGES / name)
        page.close()
        assert (IMAGES / name).stat().st_size < 120_000


def something_agreed(home):
    """Signed terms, an event that earned, one to come, and prices that make one hour better than another."""
    offer(home, 90)
    home.run(home.box.post("/api/events", {"terms": {"id": 90, "answer": "accept"}}))
    start = next_slot(home)
    announce(home, 90, start)
    powers = [{"actuator": "battery", "power_w": -800}, {"actuator": "tank", "power_w": 0}]
    home.say("plan", id=90, start=start - 900, slots=2, ttl_s=1800, actuators=powers, reason="the street")
    home.until(lambda: any(reply["plan"] == 90 for reply in home.heard("reply")))
    buy = [420] * 16 + [250] * 20 + [110] * 24 + [380] * 36
    home.say("prices", start=start - 900, slots=96, buy_eur_mwh=buy, sell_eur_mwh=40)
    home.live(start + 1860 - home.now)
    announce(home, 91, next_slot(home) + 6 * 3600, "Everybody cooks and charges this evening")


@pytest.mark.soak
def test_pictures_of_a_home_that_is_set_up(installation, site):
    page = installation()
    page.get_by_text("Add a line").click()
    page.locator(".lines form").get_by_role("button", name="Add").click()
    save(page)
    page.get_by_role("button", name="Look on rs485").click()
    page.locator(".scan").get_by_text("2 devices were found.").wait_for(timeout=30000)
    page.get_by_role("button", name="Use it: Eastron SDM630").click()
    picture(page, ".scan", "page-installer-scan.png")
    by_hand(page, "board", "Heat pump", "s0_pulse")
    page.locator(".devices form").first.get_by_role("button", name="Add").click()
    page.get_by_text("Add one by hand").click()
    form = page.locator(".devices form").last
    form.get_by_label("Line").select_option("board")
    form.get_by_label("What it is for").select_option(label="Room")
    form.get_by_label("Model").select_option("pir")
    picture(page, ".devices", "page-installer-devices.png")


def picture(page, part, name):
    page.evaluate("() => document.activeElement.blur()")
    page.evaluate("part => scrollTo(0, document.querySelector(part).offsetTop - 190)", part)
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / name)
    assert (IMAGES / name).stat().st_size < 120_000
