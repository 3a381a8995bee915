"""Battery inverter with SunSpec models 1, 101, 124 (basic storage control) and 201 (its AC meter) over Modbus TCP.

Sources: SunSpec models as in `sunspec.py`; Fronius, "GEN24 Modbus TCP & RTU", storage control: bit 0 of `StorCtl_Mod`
makes `InWRte` the upper limit of charging, bit 1 makes `OutWRte` the upper limit of discharging, both in percent of
the largest rate; a negative limit forces the other direction. Without limits this inverter, which has no meter of its
own at the grid, rests. A `InOutWRte_RvrtTms` above zero ends the limits that many seconds after they were last
written. Model 101 counts power out of the inverter as positive; in model 201 import, which charges, is positive.
"""

from pymodbus.constants import ExcCodes

from osb_hil.devices.branch import HERTZ, VOLTS
from osb_hil.devices.modbus import ModbusDevice
from osb_hil.devices.sunspec import SunSpecMap
from osb_hil.home.home import Home
from osb_hil.home.spec import BatterySpec

CHARGE, DISCHARGE = 1, 2  # bits of StorCtl_Mod
EMPTY, DISCHARGING, CHARGING, FULL, HOLDING = 2, 3, 4, 5, 6  # ChaSt
_SCALES = {
    101: {"A_SF": -2, "V_SF": -1, "W_SF": 0, "Hz_SF": -2, "WH_SF": 0, "Tmp_SF": -1},
    124: {"WChaMax_SF": 0, "WChaDisChaGra_SF": 0, "MinRsvPct_SF": -2, "ChaState_SF": -2, "InOutWRte_SF": -2},
    201: {"A_SF": -2, "V_SF": -1, "W_SF": 0, "Hz_SF": -2, "TotWh_SF": 0},
}


class SunSpecBattery(ModbusDevice):
    """The battery of a home."""

    def __init__(self, unit: int, home: Home, battery: BatterySpec) -> None:
        points = (
            "StorCtl_Mod",
            "OutWRte",
            "InWRte",
            "InOutWRte_WinTms",
            "InOutWRte_RvrtTms",
            "InOutWRte_RmpTms",
            "ChaGriSet",
        )
        self.map = SunSpecMap(1, 101, 124, 201, writable=points)
        super().__init__(unit, holding=self.map.registers)
        self._home, self._battery = home, battery
        self._ordered_at = 0
        self.map.name_plate("Open Smart Box", "Emulated battery", home.spec.id, unit)
        for model, scales in _SCALES.items():
            for name, scale in scales.items():
                self.map.put(model, name, scale)
        start = {
            "WChaMax": battery.charge_max_w,
            "WChaGra": 100,
            "WDisChaGra": 100,
            "MinRsvPct": 10000 * battery.soc_min,
        }
        start |= {"OutWRte": 10000, "InWRte": 10000, "ChaGriSet": 1}
        for name in ("StorCtl_Mod", "InOutWRte_WinTms", "InOutWRte_RvrtTms", "InOutWRte_RmpTms"):
            start[name] = 0
        for name, value in start.items():
            self.map.put(124, name, value)

    def refresh(self) -> None:
        """Show power, energy and state of charge; end limits whose time is over."""
        get, put, flows, counters = self.map.get, self.map.put, self._home.flows, self._home.counters
        timeout = get(124, "InOutWRte_RvrtTms")
        if timeout and get(124, "StorCtl_Mod") and self.t - self._ordered_at >= timeout:
            put(124, "StorCtl_Mod", 0)
            self._home.controls.battery_w = 0.0
        power = flows.battery_w
        amps = 100 * power / VOLTS
        put(101, "A", abs(amps))
        put(101, "AphA", abs(amps))
        put(101, "PhVphA", 10 * VOLTS)
        put(101, "W", -power)
        put(101, "Hz", 100 * HERTZ)
        put(101, "WH", counters.battery_export_wh)
        put(101, "TmpCab", 250)
        put(101, "St", 4)
        put(124, "ChaState", 10000 * flows.battery_soc)
        put(124, "ChaSt", self._charge_state())
        for name, value in {
            "A": amps,
            "AphA": amps,
            "PhVphA": 10 * VOLTS,
            "Hz": 100 * HERTZ,
            "W": power,
            "WphA": power,
        }.items():
            put(201, name, value)
        put(201, "TotWhExp", counters.battery_export_wh)
        put(201, "TotWhImp", counters.battery_import_wh)
        put(201, "Evt", 0)

    def written(self, address: int, words: list[int]) -> ExcCodes | None:
        """Take new limits of the power."""
        get = self.map.get
        rates = (get(124, "OutWRte"), get(124, "InWRte"))
        if get(124, "StorCtl_Mod") > 3 or any(abs(rate) > 10000 for rate in rates):
            return ExcCodes.ILLEGAL_VALUE
        self._ordered_at = self.t
        self._home.controls.battery_w = self._ordered_power()
        return None

    def _ordered_power(self) -> float:
        """What lies nearest to rest inside the limits [W, positive charges]; contradicting limits give rest."""
        mode, battery = self.map.get(124, "StorCtl_Mod"), self._battery
        low, high = -battery.discharge_max_w, battery.charge_max_w
        if mode & CHARGE:
            high *= self.map.get(124, "InWRte") / 10000
        if mode & DISCHARGE:
            low *= self.map.get(124, "OutWRte") / 10000
        return 0.0 if low > high else min(max(0.0, low), high)

    def _charge_state(self) -> int:
        power, soc = self._home.flows.battery_w, self._home.flows.battery_soc
        if abs(power) > self._battery.standby_w + 1:
            return CHARGING if power > 0 else DISCHARGING
        return FULL if soc > 0.995 else EMPTY if soc <= self._battery.soc_min + 0.005 else HOLDING
