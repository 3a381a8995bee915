"""The pictures in docs/img: taken of the living home, to be looked at by a person. Run by `make soak`."""

import pytest

from osb_hil.firmware import ROOT

IMAGES = ROOT / "docs" / "img"
PICTURES = (
    ("page-now.png", "en", "now", False),
    ("page-now-dark.png", "en", "now", True),
    ("page-energy-german.png", "de", "use", False),
    ("page-comfort.png", "fr", "comfort", False),
    ("page-installer.png", "en", "installer", False),
)


@pytest.mark.soak
def test_pictures_for_the_documents(inside, home):
    home.live(3 * 3600)
    for name, lang, screen, dark in PICTURES:
        page = inside(lang, dark=dark)
        page.evaluate("name => { location.hash = name }", screen)
        page.wait_for_timeout(4000)
        page.evaluate("() => document.activeElement.blur()")
        page.screenshot(path=IMAGES / name)
        page.close()
        assert (IMAGES / name).stat().st_size < 120_000
