"""PV inverter with SunSpec models 1, 101 (single-phase inverter), 123 (immediate controls) and 120 (nameplate).

Over Modbus TCP. Sources: SunSpec models as in `sunspec.py`. Model 101 counts power out of the inverter as positive. The
power limit of model 123 holds while `WMaxLim_Ena` is 1; a `WMaxLimPct_RvrtTms` above zero lifts it that many seconds
after it was last written.
"""

from pymodbus.constants import ExcCodes

from osb_hil.devices.branch import HERTZ, VOLTS
from osb_hil.devices.modbus import ModbusDevice
from osb_hil.devices.sunspec import SunSpecMap
from osb_hil.home.home import Home

MPPT, THROTTLED, SLEEPING = 4, 5, 2  # operating states `St`


class SunSpecInverter(ModbusDevice):
    """The PV inverter of a home."""

    def __init__(self, unit: int, home: Home) -> None:
        points = ("WMaxLimPct", "WMaxLimPct_WinTms", "WMaxLimPct_RvrtTms", "WMaxLimPct_RmpTms", "WMaxLim_Ena", "Conn")
        self.map = SunSpecMap(1, 101, 123, 120, writable=points)
        super().__init__(unit, holding=self.map.registers)
        self._home = home
        self._limited_at = 0
        self.map.name_plate("Open Smart Box", "Emulated PV inverter", home.spec.id, unit)
        scales = {"A_SF": -2, "V_SF": -1, "W_SF": 0, "Hz_SF": -2, "WH_SF": 0, "Tmp_SF": -1}
        for name, scale in scales.items():
            self.map.put(101, name, scale)
        for name, value in {"Conn": 1, "WMaxLimPct": 10000, "WMaxLimPct_SF": -2, "OutPFSet_SF": -3}.items():
            self.map.put(123, name, value)
        rated_w = home.spec.pv.peak_w if home.spec.pv else 0.0
        for name, rating in {"DERTyp": 4.0, "WRtg": rated_w, "WRtg_SF": 0.0}.items():
            self.map.put(120, name, rating)
        for name in ("WMaxLim_Ena", "WMaxLimPct_RvrtTms", "WMaxLimPct_WinTms", "WMaxLimPct_RmpTms", "OutPFSet_Ena"):
            self.map.put(123, name, 0)

    def refresh(self) -> None:
        """Show production, and lift a limit whose time is over."""
        timeout = self.map.get(123, "WMaxLimPct_RvrtTms")
        if timeout and self.map.get(123, "WMaxLim_Ena") and self.t - self._limited_at >= timeout:
            self.map.put(123, "WMaxLim_Ena", 0)
            self._home.controls.pv_limit = 1.0
        power = -self._home.flows.pv_w
        put = self.map.put
        put(101, "A", 100 * power / VOLTS)
        put(101, "AphA", 100 * power / VOLTS)
        put(101, "PhVphA", 10 * VOLTS)
        put(101, "W", power)
        put(101, "Hz", 100 * HERTZ)
        put(101, "WH", self._home.counters.pv_wh)
        put(101, "TmpCab", 250)
        state = SLEEPING if power < 1 else THROTTLED if self._home.controls.pv_limit < 1 else MPPT
        put(101, "St", state)

    def written(self, address: int, words: list[int]) -> ExcCodes | None:
        """Take a new power limit [0.01 %]."""
        get = self.map.get
        if get(123, "WMaxLimPct") > 10000 or get(123, "WMaxLim_Ena") > 1 or get(123, "Conn") > 1:
            return ExcCodes.ILLEGAL_VALUE
        self._limited_at = self.t
        limit = get(123, "WMaxLimPct") / 10000 if get(123, "WMaxLim_Ena") else 1.0
        self._home.controls.pv_limit = limit if get(123, "Conn") else 0.0
        return None
