"""Each screen with the keyboard alone, in two languages: all is reached, one sees where one is, and it works."""

import pytest
from test_keyboard import focused, tab_to
from test_screens import WORDS, complete, show

LANGUAGES = ("en", "de")
VISIBLE = """() => {
  const e = document.activeElement, styles = [e, e.nextElementSibling].filter(Boolean).map(x => getComputedStyle(x));
  return styles.some(x => x.outlineStyle == "solid" && parseFloat(x.outlineWidth) >= 2);
}"""
CONTROLS = """() => {
  const group = e => [...document.querySelectorAll(`input[name=${e.name}]`)];
  const first = e => group(e).find(other => other.checked) || group(e)[0];  // of radio buttons Tab meets one
  const all = "a, button, input, select, summary, .scroll".replace(/[^, ]+/g, "#screen $&");
  return [...document.querySelectorAll(all)]
    .filter(e => e.checkVisibility() && !e.disabled && (e.type != "radio" || e == first(e)))
    .map((e, i) => { e.dataset.stop = i; return i; });
}"""


def every_stop(page):
    """Tab through the whole screen: each control is reached, in the order on the screen, and shows it. Their number."""
    wanted, met = page.evaluate(CONTROLS), []
    page.evaluate("document.getElementById('main').focus()")
    for _ in range(3 * len(wanted) + 3):
        page.keyboard.press("Tab")
        stop = page.evaluate("document.activeElement.dataset.stop")
        if stop is None:
            break
        if int(stop) not in met:
            met.append(int(stop))
        assert page.evaluate(VISIBLE), f"{focused(page)} does not show that it has the focus"
    assert met == wanted
    return len(met)


def press(page, text, key="Enter"):
    page.evaluate("document.getElementById('main').focus()")
    tab_to(page, text)
    page.keyboard.press(key)


def said(page, text):
    page.wait_for_function("text => document.getElementById('say').textContent.startsWith(text)", arg=text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_control_of_every_screen_is_reached_and_shows_it(inside, lang):
    page = inside(lang)
    least = {"now": 0, "comfort": 14, "car": 3, "use": 3, "coming": 1, "events": 1, "privacy": 0, "settings": 5}
    for screen, number in least.items():
        show(page, screen)
        assert every_stop(page) >= number, screen
        complete(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_car_how_far_and_by_when(inside, home, lang):
    page, words = inside(lang), WORDS[lang]
    show(page, "car")
    tab_to(page, "km")  # the slider, by its id
    far = int(page.locator("#km").input_value())
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert page.locator("#km").get_attribute("aria-valuetext") == f"{far + 40} km"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "time"
    page.keyboard.type("0630")
    press(page, words["car.do"], "Space")
    said(page, f"{far + 40} km")
    car = home.status()["control"]["car"]
    assert car["need_wh"] == (far + 40) * home.kept()["home"]["ev"]["wh_per_km"]
    assert (car["by"] + 3600) % 86400 == 6 * 3600 + 1800  # half past six in Brussels


@pytest.mark.parametrize("lang", LANGUAGES)
def test_week_month_and_year_by_arrows(inside, lang):
    page, words = inside(lang), WORDS[lang]
    show(page, "use")
    page.locator("figure svg, .lead").first.wait_for()
    page.evaluate("document.getElementById('main').focus()")
    page.keyboard.press("Tab")
    seen = {page.inner_text("#span h2")}
    for span in ("week", "month", "year"):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("picked('span')") == span
        page.wait_for_function("span => USE.span == span", arg=span)
        seen.add(page.inner_text("#span h2"))
    assert len(seen) == 4
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == words["use.before"]
    page.keyboard.press("Enter")
    page.wait_for_function("() => USE.back == 1")
    assert page.inner_text("#span h2") == "2025"
    page.keyboard.press("Tab")  # the way back, which there is now
    page.keyboard.press("Space")
    page.wait_for_function("() => USE.back == 0")
    complete(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_table_is_opened_and_not_today_is_said(inside, home, lang):
    page, words = inside(lang), WORDS[lang]
    show(page, "coming")
    if page.locator("summary").count():  # a plan of the hub's may just have ended
        press(page, words["table"])
        assert page.locator("details[open] tbody tr").count() >= 1
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "scroll"  # to be scrolled by arrows
    show(page, "events")
    press(page, words["nottoday.do"])
    page.get_by_role("button", name=words["nottoday.end"]).wait_for()
    assert home.ask("/api/events")["not_today_until"] > home.now
    press(page, words["nottoday.end"], "Space")
    page.get_by_role("button", name=words["nottoday.do"]).wait_for()
    assert home.ask("/api/events")["not_today_until"] is None


@pytest.mark.parametrize(("lang", "other"), [("en", "de"), ("de", "en")])
def test_the_language_is_changed(inside, lang, other):
    page = inside(lang)
    show(page, "settings")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "language"
    page.keyboard.press({"de": "D", "en": "E"}[other])
    page.wait_for_function("lang => document.documentElement.lang == lang", arg=other)
    assert page.inner_text("h1") == WORDS[other]["title.settings"]
    assert page.evaluate("document.activeElement.id") == "language"  # who changed it goes on from there
