import numpy as np

from osb_hub.dispatch.limits import Window, limits

INF = np.inf


def test_the_tightest_window_counts_and_holds_two_hours_longer():
    windows = [Window("street", 900, 2700, 5000.0), Window("street", 1800, 3600, 4000.0), Window("lane", 0, 100, 1.0)]
    series = limits(windows, start=0, slots=16)
    assert series["street"].tolist() == [INF, 5000, 4000, 4000, *[4000] * 8, INF, INF, INF, INF]
    assert series["lane"].tolist() == [1, *[1] * 8, *[INF] * 7]
