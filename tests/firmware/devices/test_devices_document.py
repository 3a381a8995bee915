"""docs/devices.md lists what there is, as the profiles have it."""

import json

import field
import pytest

PROFILES = sorted((field.ROOT / "firmware" / "osb_box" / "devices" / "profiles").glob("*.json"))
DOCUMENT = (field.ROOT / "docs" / "devices.md").read_text()
ROWS = {
    cells[0].strip("` "): [cell.strip() for cell in cells]
    for line in DOCUMENT.split("<!-- devices: begin -->")[1].split("<!-- devices: end -->")[0].splitlines()
    if (cells := line.strip("|").split(" | ")) and line.startswith("| `")
}


def test_every_device_is_listed_and_no_other():
    assert sorted(ROWS) == [path.stem for path in PROFILES]


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_a_row_says_what_the_profile_says(path):
    profile = json.loads(path.read_text())
    _, device, line, roles, takes, scan, source = ROWS[path.stem]
    assert device == f"{profile.get('maker', '')} {profile['title']}".strip()
    assert (line, source) == (profile["line"], profile["source"])
    assert roles.split(", ") == sorted(profile["roles"])
    assert takes == (", ".join(sorted(profile.get("write", {}).keys() - {"validity"})) or "–")
    assert (scan == "–") == ("known" not in profile)
