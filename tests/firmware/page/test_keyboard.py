"""The page with the keyboard alone."""


def focused(page):
    return page.evaluate(
        "() => { const e = document.activeElement; return e == document.body ? '' : e.innerText || e.id || e.tagName; }"
    )


def tab_to(page, text, most=40):
    for _ in range(most):
        page.keyboard.press("Tab")
        if text in focused(page):
            outline = page.evaluate(
                "[getComputedStyle(document.activeElement), document.activeElement.nextElementSibling"
                " ? getComputedStyle(document.activeElement.nextElementSibling) : null]"
                ".filter(Boolean).map(style => style.outlineStyle)"
            )
            assert "solid" in outline, f"{text} does not show that it has the focus"
            return
    raise AssertionError(f"{text} cannot be reached; the last was {focused(page)}")


def test_from_logging_in_to_a_warmer_room(look, home):
    page = look(home.url + "/")
    page.keyboard.type("not the code")
    page.keyboard.press("Enter")
    page.get_by_text("That is not the code").wait_for()
    assert focused(page) == "code"
    page.keyboard.press("Control+A")
    page.keyboard.type(home.code)
    page.keyboard.press("Enter")
    page.wait_for_selector("nav a")

    tab_to(page, "Comfort")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.tagName == 'H1'")
    assert page.inner_text("h1") == "Comfort"
    tab_to(page, "+")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # into the choice of how long
    page.keyboard.press("ArrowRight")
    tab_to(page, "Do it now")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Back to normal").wait_for()
    override = home.status()["control"]["override"]
    assert override["until"] - home.now == 4 * 3600
    tab_to(page, "Back to normal")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Do it now").wait_for()


def test_more_opens_closes_and_leads_on(inside):
    page = inside()
    more = page.get_by_role("button", name="More")
    more.focus()
    page.keyboard.press("Enter")
    assert more.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert more.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    tab_to(page, "Privacy", 3)
    page.keyboard.press("Enter")
    page.wait_for_function("() => screen == 'privacy' && document.activeElement.tagName == 'H1'")
    page.go_back()
    page.wait_for_function("() => screen == 'now'")


def test_the_navigation_can_be_skipped(inside):
    page = inside()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert "Skip" in focused(page)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
