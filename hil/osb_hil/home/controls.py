"""What can be told to the devices of a home; a device still obeys its own limits."""

from dataclasses import dataclass

HEAT_PUMP_AUTO, HEAT_PUMP_OFF, HEAT_PUMP_RUN = 0, 1, 2


@dataclass
class Controls:
    """Commands as the devices hold them. A fresh one is what a device does that nobody has told anything."""

    heat_pump_mode: int = HEAT_PUMP_AUTO  # 0: own thermostat, 1: off, 2: run at `heat_pump_limit_w`
    heat_pump_limit_w: float = 0.0
    heat_pump_setpoint_c: float = 20.5
    tank_on: bool = False
    ev_current_a: float = 0.0  # offered by the charger on each phase: 0 or at least 6 (IEC 61851)
    battery_w: float = 0.0  # positive charges
    pv_limit: float = 1.0  # of the peak power
