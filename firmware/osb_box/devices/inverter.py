"""A PV inverter under SunSpec model 123: its output can be limited to a share of WMax."""

from osb_box.devices.registers import divide
from osb_box.devices.share import full_scale, word

# offsets from the id register: model 123 (immediate controls), 121 (settings), 120 (nameplate)
_LIMIT, _ENABLED, _LIMIT_SF = 5, 9, 23
_W_MAX, _W_MAX_SF = 2, 22
_W_RATED, _W_RATED_SF = 3, 4


class Inverter:
    """Commands: a limit [W], or None for none."""

    def __init__(self, device):
        self.device = device
        self._scale = None

    async def apply(self, limit_w, now):
        device = self.device
        at = device.model(device.profile.targets["limit"].model)
        if limit_w is None:
            await device.put(16, at + _ENABLED, word(0))
            return
        if self._scale is None:
            size = device.model((121,), optional=True)
            if size is not None:
                most, most_sf = size + _W_MAX, size + _W_MAX_SF
            else:
                size = device.model((120,))
                most, most_sf = size + _W_RATED, size + _W_RATED_SF
            self._scale = await full_scale(device, most, most_sf, at + _LIMIT_SF)
        full_w, full = self._scale
        await device.put(16, at + _LIMIT, word(max(0, min(full, divide(limit_w * full, full_w)))))
        await device.put(16, at + _ENABLED, word(1))
