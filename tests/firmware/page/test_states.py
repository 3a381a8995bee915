"""What the page says when something is not there: it never looks better than things are."""

import json
import re
import signal

import pytest
from entering import log_in
from whole_box import TOKEN, WholeBox, config

from osb_hil.hub_end import free_port


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A box without hub, without car, without heating and without a meter, in real time."""
    settings = config(free_port())
    del settings["home"]["heat_pump"]
    box = WholeBox(tmp_path_factory.mktemp("bare"), settings)
    box.start()
    try:
        box.wait_for_web()
        yield box
    finally:
        box.stop()


def go(page, screen):
    page.evaluate("name => { location.hash = name }", screen)
    page.wait_for_function("name => screen == name", arg=screen)


def test_no_hub_no_car_no_heating_no_meter(look, bare):
    page = look(bare.url + "/")
    log_in(page, TOKEN)
    page.get_by_text("No meter is connected yet").wait_for()
    page.get_by_text("belongs to no neighbourhood").wait_for()
    for screen, sentence in (
        ("comfort", "There is no heating here"),
        ("car", "There is no car charger here"),
        ("use", "Nothing is recorded"),
        ("events", "belongs to no neighbourhood"),
        ("privacy", "Nothing. Your box belongs to no neighbourhood."),
    ):
        go(page, screen)
        page.get_by_text(sentence).first.wait_for()


def test_words_that_do_not_come_are_asked_for_again(look, bare):
    answers = [
        {"status": 503, "body": '{"error": "The box has no memory for this now: ask again."}'},
        {"status": 200, "body": '{"title": "Op'},  # it ceased in the middle
        None,  # the connection was lost
    ]

    def short(route):
        if not answers:
            return route.continue_()
        answer = answers.pop(0)
        return route.fulfill(**answer) if answer else route.abort()

    look.errors.restarts = True
    page = look(bare.url + "/")
    page.route("**/words?*", short)
    page.reload()
    page.get_by_role("heading", name="Welcome home").wait_for()
    assert answers == []


def test_the_installer_has_everything_tested(look, bare):
    page = look(bare.url + "/")
    log_in(page, TOKEN)
    go(page, "installer")
    page.get_by_role("button", name="Test everything").click()
    page.get_by_text("no hub is configured").wait_for()
    assert page.get_by_text("✓ fine").count() >= 2
    page.get_by_text("Add a line").click()
    page.get_by_label("Kind").select_option("tcp")
    assert page.get_by_label("Address").count() >= 1


def test_too_many_wrong_codes(look, bare):
    page = look(bare.url + "/", "de")
    wrong = page.locator("#wrong")
    for _ in range(12):  # each costs more time than the one before, which passes here, too
        page.fill("#code", "falsch")
        with page.expect_response("**/api/login"):
            page.press("#code", "Enter")
        page.wait_for_timeout(50)
        if "Zu viele falsche Codes" in wrong.inner_text():
            break
        assert wrong.inner_text() == "Das ist nicht der Code auf dem Etikett der Box."
    assert "Zu viele falsche Codes" in wrong.inner_text()
    seconds = int(re.search(r"\d+", wrong.inner_text())[0])
    assert seconds <= 64
    page.wait_for_timeout(1000 * seconds + 100)
    log_in(page, TOKEN)


def test_logging_out_everywhere_ends_this_session_too(look, bare):
    page = look(bare.url + "/#settings")
    log_in(page, TOKEN)
    other = look(bare.url + "/")
    log_in(other, TOKEN)
    page.get_by_role("button", name="Log out everywhere").click()
    page.wait_for_selector("#code")
    other.wait_for_selector("#code", timeout=15000)
    assert page.evaluate("localStorage.getItem('session')") is None


def test_a_silent_box_does_not_look_alive(inside, home):
    page = inside()
    page.clock.install()
    page.reload()
    page.wait_for_selector("#used")
    page.wait_for_timeout(500)
    process = home.box._process
    process.send_signal(signal.SIGSTOP)  # as a box that hangs, or has lost its Wi-Fi
    try:
        page.clock.fast_forward(41000)
        page.get_by_text("Is this phone in your home's Wi-Fi?").wait_for()
        assert "not live" in page.inner_text("#live")
        assert page.locator("#used").count() == 0
        assert "not known" in page.inner_text("main")
    finally:
        process.send_signal(signal.SIGCONT)
    page.clock.fast_forward(31000)
    page.wait_for_selector("#used")


def test_live_values_that_are_not_answered_for_are_asked_for_again(inside, home):
    asked = []

    def unanswered(route):
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    page = inside()
    page.clock.install()
    page.route("**/api/live", unanswered)
    page.reload()
    page.wait_for_selector("#used")
    page.clock.fast_forward(31000)
    with page.expect_response("**/api/live"):
        page.clock.fast_forward(2000)


def test_old_values_are_told_as_old(inside, home):
    def old(route):
        answer = route.fetch()
        status = answer.json()
        for row in status["points"]:
            if row[0] in ("grid.power", "room.temp"):
                row[3], row[4] = "stale", 600
        route.fulfill(status=200, content_type="application/json", body=json.dumps(status))

    page = inside()
    page.route("**/api/live", lambda route: route.fulfill(status=503, body="{}"))
    page.route("**/api/status", old)
    page.reload()
    page.get_by_text("The meter does not answer").wait_for()
    page.get_by_text("The last value was").wait_for()
    assert page.locator("#used").count() == 0
    go(page, "comfort")
    assert "not known" in page.inner_text("main .big")
    page.get_by_text("It was").wait_for()
