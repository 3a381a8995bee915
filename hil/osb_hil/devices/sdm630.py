"""Eastron SDM630: three-phase energy meter on RS-485.

Source: "SDM630Modbus protocol implementation" (Eastron). Input registers, function 4; each quantity is a big-endian
float in two registers; a quantity that is not there reads zero; more than 40 quantities in one request are refused.
"""

from osb_hil.devices.branch import HERTZ, VOLTS, Measure
from osb_hil.devices.modbus import ModbusDevice, Registers

VOLTAGE_L1, CURRENT_L1, POWER_L1 = 0x0000, 0x0006, 0x000C  # L2 and L3 follow, two registers on
MEAN_VOLTAGE, CURRENT_SUM, POWER_SUM = 0x002A, 0x0030, 0x0034
FREQUENCY, IMPORT, EXPORT, TOTAL = 0x0046, 0x0048, 0x004A, 0x0156

METER_CODE = 0xFC02  # holding register: which model it is


class Sdm630(ModbusDevice):
    """The meter at the grid connection; the home's load is spread evenly over the phases."""

    most_registers = 80

    def __init__(self, unit: int, measure: Measure) -> None:
        self._inputs = Registers((0x0000, 0x017E))
        settings = Registers((METER_CODE, 1))
        settings.put(METER_CODE, "u16", 0x0070)
        super().__init__(unit, inputs=self._inputs, holding=settings)
        self._measure = measure

    def refresh(self) -> None:
        """Measure the connection."""
        seen, put = self._measure(), self._inputs.put
        for phase in range(3):
            put(VOLTAGE_L1 + 2 * phase, "f32", VOLTS)
            put(CURRENT_L1 + 2 * phase, "f32", abs(seen.power_w) / 3 / VOLTS)
            put(POWER_L1 + 2 * phase, "f32", seen.power_w / 3)
        put(MEAN_VOLTAGE, "f32", VOLTS)
        put(CURRENT_SUM, "f32", abs(seen.power_w) / VOLTS)
        put(POWER_SUM, "f32", seen.power_w)
        put(FREQUENCY, "f32", HERTZ)
        put(IMPORT, "f32", seen.import_wh / 1000)
        put(EXPORT, "f32", seen.export_wh / 1000)
        put(TOTAL, "f32", (seen.import_wh + seen.export_wh) / 1000)
