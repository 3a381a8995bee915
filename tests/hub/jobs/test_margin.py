import pytest

from osb_hub.jobs.margin import margin_w


@pytest.mark.parametrize(
    ("errors", "margin"),
    [
        ([], 1200),  # floor: 4 % of 30 kW
        ([500], 1200),
        ([2000], 2 * 2000),
        ([2000, 1000], 2 * (0.7 * 2000 + 0.3 * 1000)),
        ([2000, 1000, 4000], 2 * (0.7 * 1700 + 0.3 * 4000)),
        ([20000], 7500),  # ceiling: a quarter
    ],
)
def test_margin_of_a_30_kw_limit(errors, margin):
    assert margin_w(errors, 30000) == pytest.approx(margin)
