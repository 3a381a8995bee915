"""Schneider Electric iEM3155: three-phase energy meter on RS-485, which tells its name.

Source: "iEM3100 / iEM3200 / iEM3300 series user manual" (DOCA0005EN-04), Modbus chapter. Holding registers, functions 3
and 16; register n of the manual is address n - 1; floats and Int64 big-endian. Function 43/14 gives vendor, product
code and revision. Power in kW, energy in Wh.
"""

from osb_hil.devices.branch import VOLTS, Measure
from osb_hil.devices.modbus import ModbusDevice, Registers

CURRENT_L1, VOLTAGE_L1, POWER_L1, POWER_SUM, IMPORT, EXPORT = 3000, 3028, 3054, 3060, 3204, 3208


class Iem3155(ModbusDevice):
    """The meter at the grid connection; the home's load is spread evenly over the phases."""

    identity = ("Schneider Electric", "A9MEM3155", "1.3.007")

    def __init__(self, unit: int, measure: Measure) -> None:
        self._registers = Registers((CURRENT_L1 - 1, 64), (IMPORT - 1, 8))
        super().__init__(unit, holding=self._registers)
        self._measure = measure

    def refresh(self) -> None:
        """Measure the connection."""
        seen, put = self._measure(), self._registers.put
        for phase in range(3):
            put(CURRENT_L1 - 1 + 2 * phase, "f32", abs(seen.power_w) / 3 / VOLTS)
            put(VOLTAGE_L1 - 1 + 2 * phase, "f32", VOLTS)
            put(POWER_L1 - 1 + 2 * phase, "f32", seen.power_w / 3000)
        put(POWER_SUM - 1, "f32", seen.power_w / 1000)
        for at, energy_wh in ((IMPORT, seen.import_wh), (EXPORT, seen.export_wh)):
            put(at - 1, "u32", 0)
            put(at + 1, "u32", energy_wh)
