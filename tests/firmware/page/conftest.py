"""A browser as a household has one, and the home it looks at."""

import gc
import shutil

import pytest
from entering import log_in
from living_home import LivingHome
from new_home import NewHome

from osb_hil.firmware import build

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium():
    """It runs an event loop in this thread, so that it must have ended before tests of other folders begin."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on PATH")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    # playwright's greenlets end here, and not within the parser that builds the next firmware (Python 3.11 minds)
    gc.collect()


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The fullest home with its box, an hour after the box was switched on."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on PATH")
    home = LivingHome(tmp_path_factory.mktemp("home"))
    home.start()
    try:
        home.live(3660)
        yield home
    finally:
        home.stop()


class Errors(list):
    """What the page complained of, but for answers that the test asked for.

    `restarts`: the box is away at times, and a browser tells of each question that it does not hear.
    """

    restarts = False

    def hear(self, line):
        if line.type == "error" and "status of" not in line.text:
            if not (self.restarts and "Failed to load resource: net::ERR" in line.text):
                self.append(line.text)


@pytest.fixture
def look(chromium):
    """`look(url, lang="de", width=390, dark=False)`: a page that a browser has just opened; it must not complain."""
    contexts, errors = [], Errors()

    def open_page(url, lang="en", width=390, height=844, dark=False, **more):
        context = chromium.new_context(
            locale={"en": "en-GB"}.get(lang, lang),
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            timezone_id="Europe/Brussels",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30000)  # of wall time: other tests may have the machine
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", errors.hear)
        page.goto(url)
        page.wait_for_selector("h1")
        return page

    open_page.errors = errors
    yield open_page
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # a page that asks again and again is asking just now
        context.close()
    assert errors == []


@pytest.fixture
def inside(look, home):
    """The same, logged in at the living home."""

    def open_page(lang="en", **more):
        page = look(home.url + "/", lang, **more)
        log_in(page, home.code)
        return page

    return open_page


@pytest.fixture(scope="session")
def firmware():
    """Built before there is a browser: Python 3.11 cannot parse in the stack that playwright makes of a thread."""
    return build()


@pytest.fixture
def site(tmp_path, firmware):
    home = NewHome(tmp_path, firmware)
    try:
        yield home
    finally:
        home.stop()


@pytest.fixture
def installation(look, site):
    """`installation(**more)`: the installer's screen of a new box, logged in."""

    def open_page(lang="en", **more):
        page = look(site.url + "/", lang, **more)
        log_in(page, site.code)
        page.evaluate("location.hash = 'installer'")
        page.locator(".lines h2").wait_for()
        return page

    look.errors.restarts = True
    return open_page
