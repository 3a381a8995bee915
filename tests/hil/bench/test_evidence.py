"""What `make hil` writes into docs/hil.md: what was run is replaced, all else stays as it was."""

import pytest

from osb_hil import evidence
from osb_hil.firmware import ROOT

HEAD = "| test | rung | result | its own time | on | firmware | UF2 |\n|---|---|---|---:|---|---|---|\n"
OLD = ("a page", "pico_w", "passed", "", "2026-11-01", "0123456789ab", "aaaaaaaaaaaaaaaa")
KEPT = ("a page", "pico", "passed", "4.0 s, cut: 2 s", "2026-11-01", "0123456789ab, changed since", "bbbbbbbbbbbbbbbb")
NEW = ("a page", "pico_w", "failed", "5.1 s", "2026-11-27", "ba9876543210", "aaaaaaaaaaaaaaaa")
FIRST = ("a line", "board (esp32)", "passed", "", "2026-11-27", "ba9876543210", "of the board")


def line(row):
    return f"| {' | '.join(row)} |\n"


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "hil.md"
    path.write_text(
        "# The rig\n| a | table |\n|---|---|\n<!-- runs: begin -->\n<!-- runs: end -->\n\nWhat they found.\n| b |\n"
    )
    return path


def test_rows_of_what_was_run_are_replaced_and_all_else_stays(document):
    around = document.read_text().split("<!-- runs: begin -->\n<!-- runs: end -->")
    evidence.record(document, [OLD, KEPT])
    evidence.record(document, [NEW, FIRST])
    table = HEAD + line(FIRST) + line(KEPT) + line(NEW)
    once = document.read_text()
    assert once == f"{around[0]}<!-- runs: begin -->\n{table}<!-- runs: end -->{around[1]}"
    evidence.record(document, [NEW])
    assert document.read_text() == once


def test_a_document_without_a_place_for_rows_is_left_as_it_is(document):
    for text in ("# The rig\n", "# The rig\n<!-- runs: begin -->\n\nWhat they found.\n", "<!-- runs: end -->\n"):
        document.write_text(text)
        with pytest.raises(
            ValueError, match=r"hil\.md has no place for runs: <!-- runs: begin -->, <!-- runs: end --> "
        ):
            evidence.record(document, [NEW])
        assert document.read_text() == text


def test_the_rig_has_such_a_document(document):
    document.write_text((ROOT / "docs" / "hil.md").read_text())
    evidence.record(document, [NEW])
    assert HEAD in document.read_text()
    assert line(NEW) in document.read_text()
