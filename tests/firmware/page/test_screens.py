"""Every screen of the household's page, in a real browser against the real firmware of the fullest home."""

import json
import re

import pytest

from osb_hil.firmware import ROOT, SITE

SCREENS = ("now", "comfort", "car", "use", "coming", "events", "privacy", "settings", "installer")
WORDS = {
    lang: json.loads((ROOT / "firmware" / SITE / "words" / f"{lang}.json").read_text()) for lang in ("en", "de", "nl")
}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def show(page, screen):
    page.evaluate("name => { location.hash = name }", screen)
    page.wait_for_function("name => screen == name && document.activeElement.tagName == 'H1'", arg=screen)
    page.wait_for_timeout(350)  # for what the screen asks the box
    complete(page)


def complete(page):
    """The box had memory for all that the screen asked of it."""
    text = page.inner_text("main")
    for refusal in ("no memory", *(words["failed"] for words in WORDS.values())):
        assert refusal not in text


def faults(page):
    """What axe finds against WCAG 2.1 A and AA, one line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    return [f"{v['id']}: {node['html'][:120]}" for v in found.response["violations"] for node in v["nodes"]]


def sideways(page):
    return page.evaluate("document.scrollingElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("lang", ["de", "nl"])
def test_every_screen_is_whole_in_two_languages_at_320_pixels(inside, lang):
    page = inside(lang, width=320, height=640)
    for screen in SCREENS:
        show(page, screen)
        assert page.inner_text("h1") == WORDS[lang]["title." + screen]
        if screen == "installer":
            page.get_by_role("button", name=WORDS[lang]["test.do"]).wait_for()
        text = page.inner_text("body")
        assert not re.findall(r"\b(?:nav|title|use|why|do|role|q|message|lesson)\.\w+|undefined|NaN|\[object", text), (
            screen
        )
        assert sideways(page) <= 0, screen
        assert faults(page) == [], screen


def test_no_screen_fails_in_the_dark(inside):
    page = inside(dark=True)
    for screen in ("now", "comfort", "use", "installer"):
        show(page, screen)
        assert faults(page) == [], screen


def test_text_of_twice_the_size_still_fits(inside):
    page = inside("de", width=640, height=900)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for screen in SCREENS:
        show(page, screen)
        assert sideways(page) <= 0, screen


def test_now_adds_up_and_tells_it_in_words(inside, home):
    page = inside()
    show(page, "now")
    points = {row[0]: row[1] for row in home.status()["points"]}
    used = points["grid.power"] - points["pv.power"] - points["battery.power"]
    shown = page.inner_text("#used").replace("\u00a0", " ")
    assert shown == (f"{used} W" if used < 1000 else f"{used / 1000:.1f} kW")
    assert re.search(r"lamps|kettle|Almost nothing", page.inner_text("main"))
    assert page.locator(".flow li").count() >= 2


def test_an_override_is_made_seen_and_ended(inside, home):
    page = inside()
    show(page, "comfort")
    before = page.inner_text("#wanted")
    page.get_by_role("button", name="Warmer").click()
    assert page.inner_text("#wanted") != before
    page.get_by_label("4 hours").check()
    page.get_by_role("button", name="Do it now").click()
    page.get_by_role("button", name="Back to normal").wait_for()
    override = home.status()["control"]["override"]
    assert override["target_mc"] == round(
        float(page.locator(".good").inner_text().split("for ")[1].split("\u00a0")[0]) * 1000
    )
    assert override["until"] - home.now == 4 * 3600
    page.get_by_role("button", name="Back to normal").click()
    page.get_by_role("button", name="Do it now").wait_for()
    assert home.status()["control"]["override"] is None


def test_what_others_do_is_seen_without_asking(inside, home):
    page = inside()
    show(page, "comfort")
    home.run(home.box.post("/api/override", {"target_mc": 23000, "minutes": 60}))
    page.get_by_text("You asked for 23.0").first.wait_for(timeout=5000)
    home.run(home.box.post("/api/override", {"target_mc": 23000, "minutes": 0}))
    page.get_by_role("button", name="Do it now").wait_for(timeout=5000)


def test_the_car_is_asked_for(inside, home):
    page = inside()
    show(page, "car")
    page.get_by_label("How far will you drive?").fill("120")
    page.get_by_label("By when?").fill("07:15")
    page.get_by_role("button", name="Have it ready").click()
    page.wait_for_function("() => document.getElementById('say').textContent.startsWith('120 km')")
    car = home.status()["control"]["car"]
    assert 0 < car["by"] - home.now <= 86400
    assert (car["by"] + 3600) % 86400 == 7 * 3600 + 900  # the next 07:15 in Brussels
    assert car["need_wh"] == 120 * home.kept()["home"]["ev"]["wh_per_km"]


def test_a_car_that_takes_nothing_and_what_it_usually_takes(inside):
    page = inside()
    show(page, "car")
    shown = page.evaluate("""() => {
        const car = {connected: true, idle: true, charged_wh: 0, need_wh: 9100, shortfall_wh: 1000, usual_wh: 9100};
        Object.assign(S.control.car, car);
        CAR.update();
        const text = document.body.textContent;
        [...document.querySelectorAll("button")].find(b => b.textContent == "Forget it").click();
        return text;
    }""")
    assert "Takes no current: full, or waiting for its own timer" in shown
    assert "Unless it is full, 1.0\u00a0kWh will be missing" in shown
    assert "9.1\u00a0kWh are charged each time" in shown
    page.wait_for_function("() => document.getElementById('say').textContent == 'Forgotten.'")


def test_comfort_can_be_told_and_changed(inside, home):
    page = inside()
    show(page, "comfort")
    page.get_by_label("A bit warm").check()
    with page.expect_response(lambda r: r.url.endswith("/api/comfort") and r.request.method == "GET"):
        page.get_by_role("button", name="Tell the box").click()  # and it is all shown anew
    page.wait_for_function("() => document.getElementById('say').textContent.startsWith('Thank you')")
    page.get_by_label("Usual (°C)").fill("20.5")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_function("() => document.getElementById('say').textContent == 'Saved.'")
    told = home.ask("/api/comfort")
    assert (told["feel"]["last"], told["setpoint_mc"]) == (1, 20500)


def test_what_one_types_stays_while_the_box_answers_something_else(inside, home):
    page = inside()
    show(page, "comfort")
    answers = []
    page.route(
        "**/api/comfort", lambda route: answers.append(route) if route.request.method == "GET" else route.continue_()
    )
    page.get_by_label("Just right").check()
    page.get_by_role("button", name="Tell the box").click()
    usual = page.get_by_label("Usual (°C)")
    usual.press_sequentially("9")
    typed = usual.input_value()
    page.wait_for_function("() => document.getElementById('say').textContent.startsWith('Thank you')")
    while not answers:
        page.wait_for_timeout(20)
    with page.expect_response(lambda r: r.url.endswith("/api/comfort") and r.request.method == "GET"):
        answers.pop().continue_()
    page.wait_for_timeout(200)
    assert usual.input_value() == typed
    assert usual.evaluate("field => field == document.activeElement")
    assert page.locator("input[name=feel]:checked").get_attribute("value") == "0"


def test_the_past_is_a_chart_and_a_table(inside):
    page = inside()
    show(page, "use")
    page.locator("figure svg").wait_for()
    assert page.locator("figure rect").count() >= 1
    page.get_by_text("As a table").click()
    assert page.locator("tbody tr").count() == 24
    for span in ("Week", "Month", "Year"):
        page.get_by_label(span, exact=True).check()
        page.locator("figure svg, .lead").first.wait_for()
        assert sideways(page) <= 0


def test_where_a_peak_has_a_price_the_cost_says_that_it_comes_on_top(inside):
    page = inside()
    show(page, "use")
    page.get_by_text("what you sold is taken off", exact=True).wait_for()

    def priced(route):
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "peak_eur_kw_year": 48})

    page.route("**/api/savings", priced)
    page.get_by_label("Week", exact=True).check()
    page.get_by_text("the price of your highest quarter hour comes on top").wait_for()


def test_what_leaves_is_what_the_box_says(inside, home):
    page = inside()
    show(page, "privacy")
    page.get_by_text("hub of your neighbourhood").wait_for()
    kept = page.locator("section").nth(1).inner_text()
    sent = page.locator("section").nth(0).inner_text()
    assert "temperature" in kept
    assert "temperature" not in sent
    assert "state of charge" in sent


def test_the_language_can_be_changed_and_stays(inside, home):
    page = inside()
    show(page, "settings")
    page.get_by_label("Language").select_option("sv")
    page.wait_for_function("() => document.documentElement.lang == 'sv'")
    assert page.inner_text("h1") == "Inställningar"
    page.reload()
    page.wait_for_selector("nav a")
    assert page.inner_text("h1") == "Inställningar"
