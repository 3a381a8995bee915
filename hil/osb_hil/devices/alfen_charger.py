"""Alfen NG9xx charging station as a Modbus TCP slave: what one socket shows and takes on unit 1, function 3 and 16.

Source: Alfen, "Implementation of Modbus Slave TCP/IP for Alfen NG9xx platform", sections 3.4 and 2.2. The energy
management system must write the maximum current again before the validity time runs out; after that the station falls
back to its safe current. The station knows nothing of the car but its IEC 61851 state. Below 6 A it offers nothing.
"""

from pymodbus.constants import ExcCodes

from osb_hil.devices.branch import HERTZ, VOLTS
from osb_hil.devices.modbus import ModbusDevice, Registers
from osb_hil.home.flows import CHARGING, NO_CAR
from osb_hil.home.home import Home
from osb_hil.home.spec import EvSpec

METER_STATE, VOLTAGE_L1, CURRENT_L1, CURRENT_SUM, FREQUENCY = 300, 306, 320, 326, 336
POWER_L1, POWER_SUM, ENERGY_SUM = 338, 344, 374
AVAILABILITY, MODE_3_STATE, APPLIED, VALID_S, MAX_CURRENT = 1200, 1201, 1206, 1208, 1210
SAFE_CURRENT, ACCOUNTED_FOR, PHASES = 1212, 1214, 1215
SAFE_A = 6.0
LEAST_A = 6.0  # IEC 61851-1: the lowest current that the pilot signal can offer
VALIDITY_S = 300  # set by the installer


class AlfenCharger(ModbusDevice):
    """The charger of a home with one car."""

    def __init__(self, unit: int, home: Home, ev: EvSpec) -> None:
        self._regs = Registers((300, 126), (1200, 16), writable=(MAX_CURRENT, MAX_CURRENT + 1))
        super().__init__(unit, holding=self._regs)
        self._home, self._ev = home, ev
        self._valid_until = 0

    def refresh(self) -> None:
        """Fall back to the safe current when nobody has written for too long; show the socket."""
        put, flows = self._regs.put, self._home.flows
        valid_s = max(0, self._valid_until - self.t)
        offered = self._offered(self._regs.get(MAX_CURRENT, "f32") if valid_s else SAFE_A)
        self._home.controls.ev_current_a = offered
        phases = range(self._ev.phases)
        amps = flows.ev_w / VOLTS / self._ev.phases
        put(METER_STATE, "u16", 3)
        for phase in range(3):
            put(VOLTAGE_L1 + 2 * phase, "f32", VOLTS)
            put(CURRENT_L1 + 2 * phase, "f32", amps if phase in phases else 0.0)
            put(POWER_L1 + 2 * phase, "f32", amps * VOLTS if phase in phases else 0.0)
        put(CURRENT_SUM, "f32", amps * self._ev.phases)
        put(FREQUENCY, "f32", HERTZ)
        put(POWER_SUM, "f32", flows.ev_w)
        put(ENERGY_SUM, "f64", self._home.counters.ev_wh)
        put(AVAILABILITY, "u16", 1)
        self._regs.put_text(MODE_3_STATE, self._mode_3_state(offered), 5)
        put(APPLIED, "f32", offered)
        put(VALID_S, "u32", valid_s)
        put(SAFE_CURRENT, "f32", SAFE_A)
        put(ACCOUNTED_FOR, "u16", valid_s > 0)
        put(PHASES, "u16", self._ev.phases)

    def written(self, address: int, words: list[int]) -> ExcCodes | None:
        """Take a maximum current [A per phase]; both registers in one request, as the table demands."""
        amps = self._regs.get(MAX_CURRENT, "f32")
        if len(words) != 2 or not 0 <= amps <= 100:
            return ExcCodes.ILLEGAL_VALUE
        self._valid_until = self.t + VALIDITY_S
        self.refresh()
        return None

    def _offered(self, amps: float) -> float:
        return 0.0 if amps < LEAST_A else min(amps, self._ev.max_a)

    def _mode_3_state(self, offered: float) -> str:
        state = self._home.flows.ev_state
        if state == NO_CAR:
            return "A"
        if state == CHARGING:
            return "C2"
        return "B2" if offered else "B1"
