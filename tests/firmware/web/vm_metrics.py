"""Prometheus' text, worked by hand."""

from osb_box.decimal import decimal
from osb_box.web.metrics import metrics


def test_decimals_are_exact():
    values = [decimal(v, 1000) for v in (20512, -5, 0, -12345, 1000, 123456789012)]
    assert values == ["20.512", "-0.005", "0.000", "-12.345", "1.000", "123456789.012"]
    assert [decimal(-7, 1), decimal(985, 10)] == ["-7", "98.5"]


def test_points_become_metrics_by_role_and_phase_and_nothing_stale_looks_live():
    rows = [
        ["grid.import", 1234567, "Wh", "good", 3],
        ["grid.l1.current", 7250, "mA", "good", 3],
        ["grid.power", -1200, "W", "good", 3],
        ["heat_pump.power", 900, "W", "stale", 400],
        ["pv.power", -3000, "W", "good", 4],
        ["room.temp", 20512, "mC", "good", 2],
        ["tank.temp", None, "mC", "bad", 9],
    ]
    want = """
# TYPE osb_current_amperes gauge
osb_current_amperes{role="grid",phase="l1"} 7.250
# TYPE osb_import_watt_hours_total counter
osb_import_watt_hours_total{role="grid"} 1234567
# TYPE osb_power_watts gauge
osb_power_watts{role="grid"} -1200
osb_power_watts{role="pv"} -3000
# TYPE osb_temp_celsius gauge
osb_temp_celsius{role="room"} 20.512
# TYPE osb_point_age_seconds gauge
osb_point_age_seconds{point="grid.import",quality="good"} 3
osb_point_age_seconds{point="grid.l1.current",quality="good"} 3
osb_point_age_seconds{point="grid.power",quality="good"} 3
osb_point_age_seconds{point="heat_pump.power",quality="stale"} 400
osb_point_age_seconds{point="pv.power",quality="good"} 4
osb_point_age_seconds{point="room.temp",quality="good"} 2
osb_point_age_seconds{point="tank.temp",quality="bad"} 9
# TYPE osb_heap_free_bytes gauge
osb_heap_free_bytes 90000
# TYPE osb_outbox_pending gauge
osb_outbox_pending 2
"""
    assert "".join(metrics(rows, {"outbox_pending": 2, "heap_free_bytes": 90000})) == want
