"""Colours of the page: told apart by those who see little or no colour (WCAG 2.1, 1.4.3 and 1.4.11)."""

import re

import pytest

from osb_hil.firmware import ROOT, SITE

STYLE = (ROOT / "firmware" / SITE / "style.css").read_text()
THEMES = [dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in re.findall(r":root \{(.*?)\}", STYLE, re.S)]
TEXT = [("ink", "paper"), ("ink", "card"), ("soft", "paper"), ("soft", "card"), ("accent", "paper"), ("accent", "card")]
TEXT += [("on-accent", "accent"), ("accent", "tint"), ("ink", "tint"), ("warn", "warn-tint"), ("warn", "card")]
SHAPES = ["sun", "grid", "battery", "heat_pump", "tank", "ev", "rest", "edge"]


def luminance(colour):
    # relative luminance as WCAG 2.1 defines it
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the lightest grey that passes on white


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_shapes_stand_out(theme):
    colours = {**THEMES[0], **THEMES[theme]}
    for text, ground in TEXT:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for shape in SHAPES:
        assert contrast(colours[shape], colours["card"]) >= 3, shape


def test_nothing_moves_for_those_who_asked_for_stillness():
    moving = STYLE.split("prefers-reduced-motion: no-preference")
    assert "transition" not in moving[0]
    assert "animation" not in STYLE


def test_nobody_depends_on_a_colour():
    """Each power has a drawing of its own beside its colour."""
    icons = (ROOT / "firmware" / SITE / "icons.js").read_text()
    drawings = [re.search(rf'^  {name}: "(.*)",$', icons, re.M).group(1) for name in SHAPES if name != "edge"]
    assert len(set(drawings)) == len(drawings)
