"""Daikin HomeHub EKRHH in front of an Altherma heat pump, over Modbus TCP.

Source: Daikin, "EKRHH Daikin HomeHub installer reference guide" (4P744838-1), Modbus register tables for Altherma.
Tables count from 1, the wire counts from 0. Temperatures are signed hundredths of °C, powers signed hundredths of kW,
text two characters; 32766 says that a register is not available in this configuration. Holding registers take function
3, 6 and 16, inputs function 4.
"""

from pymodbus.constants import ExcCodes

from osb_hil.devices.modbus import ModbusDevice, Registers
from osb_hil.home.controls import HEAT_PUMP_AUTO, HEAT_PUMP_OFF, HEAT_PUMP_RUN
from osb_hil.home.home import Home
from osb_hil.home.spec import HeatPumpSpec

NOT_AVAILABLE = 32766
# holding registers, as in the table: name, least, most
OPERATION_MODE, SPACE_HEATING, ROOM_SETPOINT, QUIET, SMART_GRID, RECOMMENDED_LIMIT, GENERAL_LIMIT = (
    3,
    4,
    6,
    9,
    56,
    57,
    58,
)
_ALLOWED = {
    OPERATION_MODE: (0, 2),
    SPACE_HEATING: (0, 1),
    ROOM_SETPOINT: (12, 30),
    QUIET: (0, 1),
    SMART_GRID: (0, 3),
    RECOMMENDED_LIMIT: (0, 2000),
    GENERAL_LIMIT: (0, 2000),
}
FREE, FORCED_OFF, RECOMMENDED_ON, FORCED_ON = 0, 1, 2, 3  # smart grid operation mode
# input registers, as in the table
ERROR, ERROR_CODE, ERROR_SUB_CODE, PUMP, COMPRESSOR, VALVE, MODE_NOW = 21, 22, 23, 30, 31, 37, 38
OUTDOOR, ROOM, POWER, SPACE_OPERATION = 44, 50, 51, 53


class DaikinHomeHub(ModbusDevice):
    """The heat pump of a home."""

    def __init__(self, unit: int, home: Home, heat_pump: HeatPumpSpec) -> None:
        self._holding = Registers((0, 67), writable=[row - 1 for row in _ALLOWED])
        self._input = Registers((20, 67))
        super().__init__(unit, holding=self._holding, inputs=self._input)
        self._home, self._heat_pump = home, heat_pump
        for registers in (self._holding, self._input):
            registers.words[:] = [NOT_AVAILABLE] * len(registers.words)
        start = {
            OPERATION_MODE: 1,
            SPACE_HEATING: 1,
            QUIET: 0,
            SMART_GRID: FREE,
            RECOMMENDED_LIMIT: 2000,
            GENERAL_LIMIT: 2000,
        }
        for row, value in start.items():
            self._holding.put(row - 1, "u16", value)
        self._holding.put(ROOM_SETPOINT - 1, "u16", home.controls.heat_pump_setpoint_c)

    def refresh(self) -> None:
        """Show temperatures, power and states."""
        flows = self._home.flows
        running = flows.heat_pump_w > self._heat_pump.standby_w + 1
        for row, value in (
            (ERROR, 0),
            (ERROR_CODE, 0x2D2D),  # "--"
            (ERROR_SUB_CODE, 0),
            (PUMP, running),
            (COMPRESSOR, running),
            (VALVE, 0),
            (MODE_NOW, 1),
            (OUTDOOR, 100 * flows.outdoor_c),
            (ROOM, 100 * flows.room_c),
            (POWER, flows.heat_pump_w / 10),
            (SPACE_OPERATION, running),
        ):
            self._input.put(row - 1, "s16", value)

    def written(self, address: int, words: list[int]) -> ExcCodes | None:
        """Take orders; a value outside its range is refused."""
        for row, value in enumerate(words, address + 1):
            least, most = _ALLOWED[row]
            if not least <= value <= most:
                return ExcCodes.ILLEGAL_VALUE
        held, controls = self._held, self._home.controls
        controls.heat_pump_setpoint_c = float(held(ROOM_SETPOINT))
        controls.heat_pump_limit_w = 10.0 * held(GENERAL_LIMIT)
        mode = held(SMART_GRID)
        if mode == RECOMMENDED_ON:
            controls.heat_pump_limit_w = 10.0 * min(held(RECOMMENDED_LIMIT), held(GENERAL_LIMIT))
        if mode == FORCED_OFF or not held(SPACE_HEATING):
            controls.heat_pump_mode = HEAT_PUMP_OFF
        else:
            controls.heat_pump_mode = HEAT_PUMP_AUTO if mode == FREE else HEAT_PUMP_RUN
        return None

    def _held(self, row: int) -> int:
        return round(self._holding.get(row - 1))
