"""Waveshare "Modbus RTU Relay": eight relays as coils 0 to 7.

Source: Waveshare wiki, "Modbus RTU Relay", command table: function 1 reads, 5 switches one, 15 switches several. All
relays are open after power-up. Relay 0 closes the contactor of the hot-water heater.
"""

from osb_hil.devices.modbus import ModbusDevice
from osb_hil.home.home import Home


class WaveshareRelay(ModbusDevice):
    """The relay board that switches the hot-water tank."""

    def __init__(self, unit: int, home: Home) -> None:
        super().__init__(unit, coils=8)
        self._home = home

    def switched(self) -> None:
        """Relay 0 is the tank's."""
        self._home.controls.tank_on = self.coils[0]
