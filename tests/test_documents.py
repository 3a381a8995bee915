"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("boards/*/*.md")]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_named_with_their_folder_are_there(page):
    for name in re.findall(r"`((?:tests|firmware|hub|hil|wire|boards|docs)/[\w/.-]*\w)`", page.read_text()):
        assert (ROOT / name).exists() or "<" in name, name


def test_all_that_security_claims_of_tests_can_be_run():
    named = set(re.findall(r"`(tests/[\w/.-]+)`", (ROOT / "docs/security.md").read_text()))
    assert len(named) >= 10
    for name in named:
        path = ROOT / name
        files = list(path.rglob("*.py")) if path.is_dir() else [path]
        assert any("def test_" in file.read_text() for file in files), name
