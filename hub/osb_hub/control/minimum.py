"""What a home may always draw while the grid operator dims it (§14a EnWG).

Source: Bundesnetzagentur, BK6-22-300 of 2023-11-27, annex 1: 2.4 which devices are meant (more than 4.2 kW each: charge
points, heat pumps, cooling, storage that charges), 4.5.1 a device steered by itself, 4.5.2 several behind one energy
management system.
"""

from collections.abc import Iterable, Mapping
from typing import Any

DEVICE_W = 4200
LARGE_W = 11000
LARGE_SHARE = 0.4
# share of 4.2 kW that each further device counts with, by number of devices: 4.5.2
SIMULTANEITY = {1: 1.0, 2: 0.8, 3: 0.75, 4: 0.7, 5: 0.65, 6: 0.6, 7: 0.55, 8: 0.5}
SIMULTANEITY_MANY = 0.45
CONTROLLABLE = ("heat_pump", "ev", "battery")  # a boiler's heater is none unless it belongs to the heat pump


def minimum_w(devices: Iterable[Mapping[str, Any]]) -> int:
    """Least limit [W] of a home with these devices (`actuators` of the wire message `hello`); 0: §14a is not for it."""
    powers = {d["actuator"]: int(d["charge_max_w"]) for d in devices}
    meant = {name: w for name, w in powers.items() if name in CONTROLLABLE and w > DEVICE_W}
    if not meant:
        return 0
    n = len(meant)
    pump = meant.get("heat_pump", 0)
    first = LARGE_SHARE * pump if pump > LARGE_W else DEVICE_W
    return round(first + (n - 1) * SIMULTANEITY.get(n, SIMULTANEITY_MANY) * DEVICE_W)
