"""Eastron SDM120: single-phase energy meter on RS-485.

Source: "SDM120-Modbus protocol implementation" (Eastron). Input registers, function 4; each quantity is a big-endian
float in two registers; a quantity that is not there reads zero; more than 40 quantities in one request are refused.
"""

from osb_hil.devices.branch import HERTZ, VOLTS, Measure
from osb_hil.devices.modbus import ModbusDevice, Registers

VOLTAGE, CURRENT, POWER, APPARENT, POWER_FACTOR = 0x0000, 0x0006, 0x000C, 0x0012, 0x001E
FREQUENCY, IMPORT, EXPORT, TOTAL = 0x0046, 0x0048, 0x004A, 0x0156

METER_CODE = 0xFC02  # holding register: which model it is


class Sdm120(ModbusDevice):
    """A meter in one branch of the home: V, A, W, kWh."""

    most_registers = 80

    def __init__(self, unit: int, measure: Measure) -> None:
        self._inputs = Registers((0x0000, 0x015A))
        settings = Registers((METER_CODE, 1))
        settings.put(METER_CODE, "u16", 0x0020)
        super().__init__(unit, inputs=self._inputs, holding=settings)
        self._measure = measure

    def refresh(self) -> None:
        """Measure the branch."""
        seen, put = self._measure(), self._inputs.put
        put(VOLTAGE, "f32", VOLTS)
        put(CURRENT, "f32", abs(seen.power_w) / VOLTS)
        put(POWER, "f32", seen.power_w)
        put(APPARENT, "f32", abs(seen.power_w))
        put(POWER_FACTOR, "f32", 1.0)
        put(FREQUENCY, "f32", HERTZ)
        put(IMPORT, "f32", seen.import_wh / 1000)
        put(EXPORT, "f32", seen.export_wh / 1000)
        put(TOTAL, "f32", (seen.import_wh + seen.export_wh) / 1000)
