"""How everybody comes in."""


def log_in(page, code):
    """With the code on the label of the box; the screens are there afterwards."""
    page.fill("#code", code)
    page.press("#code", "Enter")
    page.wait_for_selector("nav a")
