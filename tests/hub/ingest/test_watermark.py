import pytest

from osb_hub.ingest.watermark import advanced


@pytest.mark.parametrize(
    ("why", "mark", "stored", "oldest", "expected"),
    [
        ("nothing yet", 0, [], 1, 0),
        ("the first", 0, [1], 1, 1),
        ("in order", 3, [4, 5, 6], 1, 6),
        ("out of order", 0, [3, 1, 2], 1, 3),
        ("a hole holds it back", 0, [1, 2, 4, 5], 1, 2),
        ("the hole is filled", 2, [3, 4, 5], 1, 5),
        ("never backwards", 9, [4], 1, 9),
        ("the box starts above one: nothing before it will come", 0, [61], 61, 61),
        ("the box has dropped what the hole was", 2, [6, 7], 6, 7),
        ("dropped, but one it still holds is missing", 2, [7], 6, 5),
        ("an old duplicate tells an old `oldest`", 9, [3], 2, 9),
        ("everything dropped up to what is stored", 0, [2, 3], 4, 3),
    ],
)
def test_watermark(why, mark, stored, oldest, expected):
    assert advanced(mark, stored, oldest) == expected, why
