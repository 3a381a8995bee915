"""docs/wire.md says of every field what the contract says, no more and no less."""

import re
from pathlib import Path

from describe import rows
from osb_wire import topics
from osb_wire.messages import BOX_TO_HUB, HUB_TO_BOX
from osb_wire.terms import MAX_BYTES

PAGE = (Path(__file__).parents[2] / "docs" / "wire.md").read_text()


def test_every_field_and_range():
    documented = {}
    for section in re.split(r"^### ", PAGE, flags=re.M)[1:]:
        kind, body = section.split("\n", 1)
        documented[kind] = re.findall(r"^\| `([^`]+)` \| (.+?) \| .+? \|$", body, flags=re.M)
    assert documented == {kind: list(rows(fields)) for kind, fields in {**BOX_TO_HUB, **HUB_TO_BOX}.items()}


def test_size_limit():
    assert f"{MAX_BYTES:,} bytes" in PAGE


def test_every_message_has_its_topic():
    assert sorted(topics.FROM_BOXES) == [f"osb/v1/+/{kind}" for kind in sorted(BOX_TO_HUB)]
    assert sorted(topics.to_box("b1")) == [f"osb/v1/b1/{kind}" for kind in sorted(HUB_TO_BOX)]
