"""A battery under SunSpec model 124: charged or discharged at exactly the power asked for."""

from osb_box.devices.registers import divide
from osb_box.devices.share import full_scale, word

# SunSpec model 124 (storage), offsets from the id register
_W_CHA_MAX, _STOR_CTL, _OUT_RATE, _W_CHA_MAX_SF, _RATE_SF = 2, 5, 12, 18, 25
_CHARGE_AND_DISCHARGE = 3  # StorCtl_Mod: both limits hold


class Battery:
    """The window [-OutWRte, InWRte] that the inverter keeps the charging power in is pinned to one point."""

    def __init__(self, device):
        self.device = device
        self._scale = None

    async def apply(self, power_w, now):
        """W, positive charges; None leaves the battery to its own control."""
        device = self.device
        at = device.model(device.profile.targets["storage"].model)
        if power_w is None:
            await device.put(16, at + _STOR_CTL, word(0))
            return
        if self._scale is None:
            self._scale = await full_scale(device, at + _W_CHA_MAX, at + _W_CHA_MAX_SF, at + _RATE_SF)
        full_w, full = self._scale
        rate = max(-full, min(full, divide(power_w * full, full_w)))
        await device.put(16, at + _OUT_RATE, word(-rate) + word(rate))  # OutWRte, InWRte
        await device.put(16, at + _STOR_CTL, word(_CHARGE_AND_DISCHARGE))
