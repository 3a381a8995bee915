"""The sentences of the page: all in every language, with the same blanks to fill, and none missing."""

import json
import re

import pytest

from osb_hil.firmware import ROOT, SITE

FOLDER = ROOT / "firmware" / SITE
LANGUAGES = ("da", "de", "en", "fr", "nl", "sv")
WORDS = {lang: json.loads((FOLDER / "words" / f"{lang}.json").read_text()) for lang in LANGUAGES}

SCRIPT = "".join(path.read_text() for path in sorted(FOLDER.glob("*.js")))


def blanks(text):
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_says_all_of_it(lang):
    assert WORDS[lang].keys() == WORDS["en"].keys()
    for key, text in WORDS[lang].items():
        assert text.strip() == text != "", key
        if not key.endswith(".one"):
            assert blanks(text) == blanks(WORDS["en"][key]), key


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_nothing_is_left_in_english(lang):
    long = [key for key, text in WORDS["en"].items() if len(text) > 14]
    assert [key for key in long if WORDS[lang][key] == WORDS["en"][key]] == []


def test_no_sentence_is_missing_and_none_is_idle():
    used = set(re.findall(r'\bt\("([^"]+)"[),]', SCRIPT)) | set(re.findall(r'[?:] "([a-z.]+[a-z])"', SCRIPT))
    used |= {key + end for key in re.findall(r'many\("([^"]+)"', SCRIPT) for end in (".one", ".other")}
    assert sorted(key for key in used if "." in key[1:] and key not in WORDS["en"]) == []
    begins = (*re.findall(r't\("([^"]+\.)" \+', SCRIPT), "from.", "to.", "move.house", "move.owner")
    assert sorted(key for key in WORDS["en"] if key not in used and not key.startswith(begins)) == []


def test_every_screen_and_point_has_a_name():
    from_box = {"grid", "pv", "battery", "ev", "heat_pump", "tank", "room", "outdoor"}
    assert {f"role.{role}" for role in from_box} <= WORDS["en"].keys()
    screens = re.search(r"const SCREENS = \{(.*?)\}", SCRIPT).group(1)
    for name in re.findall(r"(\w+):", screens):
        assert {f"nav.{name}", f"title.{name}"} <= WORDS["en"].keys()
