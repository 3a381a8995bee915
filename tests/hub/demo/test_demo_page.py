import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from osb_hub.demo import page, summary
from osb_hub.demo.measures import measure
from osb_hub.demo.promises import judge

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def told(truth, hub, story, prices):
    measured = measure(truth, hub, story, prices)
    return page.report(measured, judge(measured))


def test_report_json_has_what_was_asked_for(told, truth, story, tmp_path):
    page.write(tmp_path, told, truth, story)
    read = json.loads((tmp_path / "report.json").read_text())
    assert read == told
    assert read["promises"] == dict.fromkeys(read["promises"], True)
    wanted = """homes interpreter slots cap_kw peak_in_cap_window_kw energy_kwh cost_eur comfort_violation_minutes
    readings meter_truth_error_pct plan_followed_pct faults accelerated promises"""
    assert set(wanted.split()) <= set(read)


def test_every_key_of_the_report_is_documented(told):
    text = (DOCS / "files.md").read_text()
    for key in [*told, *told["promises"]]:
        assert f"`{key}`" in text, key


def test_the_page_stands_alone_and_says_what_was_promised(told, truth, story):
    text = page.page(told, truth, story)
    HTMLParser().feed(text)
    assert text.count("<svg") == 3
    assert not re.search(r'(src|href)="(?!#)', text.replace("xlink:href", "x"))
    assert "$" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    for words in ("All 7 promises were kept.", "limit 5.0 kW", "comfort band", "box-02", "dead to the end", "without"):
        assert words in text


def test_what_a_box_says_of_itself_cannot_break_the_page(told, truth, story):
    told["interpreter"] = "<script>alert(1)</script>"
    assert "<script>" not in page.page(told, truth, story)


def test_the_verdict_names_what_was_broken():
    assert summary.verdict({"cap_kept": True, "cheaper": False}) == "Broken: cheaper."
