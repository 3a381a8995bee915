"""What the box plans next, as the household reads it: when, what, and why."""

import re

import pytest
from test_screens import WORDS, complete, show

REASONS = ("cheap", "sun", "peak", "ready_by", "warm_in_time")


def own_plan(home):
    """A plan of the box's own: the hub's last one is over, and a new slot has begun."""
    for _ in range(16):
        if (home.ask("/api/ahead") or {}).get("by") == "box":
            return
        home.live(900)
    raise AssertionError("the box does not plan")


@pytest.mark.parametrize("lang", ["en", "de"])
def test_each_thing_it_will_do_has_a_time_and_a_reason(inside, home, lang):
    own_plan(home)
    plan = home.ask("/api/ahead")
    page = inside(lang)
    show(page, "coming")
    page.get_by_text(WORDS[lang]["coming.by.box"]).wait_for()
    assert "-" not in page.locator("section").first.inner_text()  # what is earned is no negative cost
    assert re.search(r"\d\d:\d\d", page.locator("section").first.inner_text())  # when it was made
    steps = page.locator("ol.list > li")
    assert steps.count() == len(plan["why"]) > 0
    told = {WORDS[lang]["do." + why["role"]] for why in plan["why"]}
    reasons = [re.escape(WORDS[lang]["why." + key]).replace(r"\{value\}", ".+") for key in REASONS]
    for step in steps.all():
        assert step.locator("strong").inner_text() in told
        assert len(re.findall(r"\d\d:\d\d", step.locator("div").inner_text())) >= 2
        assert re.fullmatch("|".join(reasons), step.locator("p").inner_text())
    page.get_by_text(WORDS[lang]["table"]).click()
    rows = page.locator("tbody tr")
    assert rows.count() == -(-max(len(part["power_w"]) for part in plan["parts"]) // 4)
    heads = page.locator("thead th").all_inner_texts()[1:]
    assert heads == [WORDS[lang]["role." + part["role"]] for part in plan["parts"]]
    complete(page)


def test_cheap_hours_are_named_so_and_one_price_for_all_hours_is_not(inside, home):
    """The hub's prices: two cheap hours from the next slot but three."""
    own_plan(home)
    page = inside()
    show(page, "coming")
    assert "cheap" not in page.inner_text("main")  # the tariff is the same all day
    first = home.now // 900 * 900
    buy = [450] * 96
    buy[4:12] = [90] * 8
    home.say("prices", start=first, slots=96, buy_eur_mwh=buy, sell_eur_mwh=20)
    for _ in range(3):
        home.live(900)
        if any(why["key"] == "cheap" for why in home.ask("/api/ahead")["why"]):
            break
    show(page, "now")
    show(page, "coming")
    cheap = page.locator("ol.list > li").filter(has_text="Power is cheap then.")
    assert cheap.count() >= 1
    assert page.locator("svg polyline").count() == 1
