"""eletechsup R4DCB08: eight DS18B20 temperature probes on RS-485.

Source: R4DCB08 Modbus command list (eletechsup): function 3, registers 0 to 7, signed tenths of °C; a channel without
a probe reads 0x8000. Channel 0 is in the hot-water tank.
"""

from osb_hil.devices.modbus import ModbusDevice, Registers
from osb_hil.home.home import Home

NO_PROBE = -0x8000


class R4dcb08(ModbusDevice):
    """The temperature module at the hot-water tank."""

    def __init__(self, unit: int, home: Home) -> None:
        self._probes = Registers((0, 8))
        super().__init__(unit, holding=self._probes)
        self._home = home
        for channel in range(8):
            self._probes.put(channel, "s16", NO_PROBE)

    def refresh(self) -> None:
        """Read the probe."""
        self._probes.put(0, "s16", 10 * self._home.flows.tank_c)
