"""The least that §14a leaves a home. BNetzA BK6-22-300, annex 1, 4.5: numbers worked by hand."""

import pytest

from osb_hub.control.minimum import minimum_w


@pytest.mark.parametrize(
    ("devices", "watts"),
    [
        ({}, 0),
        ({"ev": 3700, "heat_pump": 2500}, 0),  # none above 4.2 kW: §14a is not for them
        ({"ev": 11000}, 4200),
        ({"heat_pump": 12000}, 4800),  # 0.4 · 12 kW
        ({"heat_pump": 11000}, 4200),  # not above 11 kW
        ({"ev": 11000, "battery": 10000}, 7560),  # 4.2 + 1 · 0.80 · 4.2
        ({"ev": 11000, "battery": 10000, "heat_pump": 6000}, 10500),  # 4.2 + 2 · 0.75 · 4.2
        ({"ev": 11000, "heat_pump": 15000}, 9360),  # 0.4 · 15 + 1 · 0.80 · 4.2
        ({"ev": 11000, "tank": 9000}, 4200),  # a boiler is none
    ],
)
def test_minimum(devices, watts):
    given = [{"actuator": name, "charge_max_w": w, "discharge_max_w": 0} for name, w in devices.items()]
    assert minimum_w(given) == watts
