"""Home battery with its inverter: keeps to its own limits whatever the set-point says."""

from osb_hil.home.spec import BatterySpec


class Battery:
    """State of one battery: energy in the cells [Wh]."""

    def __init__(self, spec: BatterySpec, soc: float) -> None:
        self.spec = spec
        self.wh = soc * spec.capacity_wh

    @property
    def soc(self) -> float:
        """State of charge, 0..1."""
        return self.wh / self.spec.capacity_wh

    def step(self, dt_s: float, setpoint_w: float) -> float:
        """Advance by `dt_s`; returns the mean power at the AC terminals [W], positive when it charges.

        An idle inverter draws its standby power; a working one has it within its efficiency.
        """
        spec = self.spec
        hours = dt_s / 3600
        if setpoint_w > 0:
            power = min(setpoint_w, spec.charge_max_w, (spec.capacity_wh - self.wh) / spec.eta / hours)
            self.wh += power * spec.eta * hours
        else:
            usable_wh = max(self.wh - spec.soc_min * spec.capacity_wh, 0.0)
            power = -min(-setpoint_w, spec.discharge_max_w, usable_wh * spec.eta / hours)
            self.wh += power / spec.eta * hours
        return power if abs(power) > spec.standby_w else power + spec.standby_w
