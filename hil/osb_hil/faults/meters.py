"""Faults of meters and appliances: dead, lying, stuttering, replaced, rebooting."""

from osb_hil.devices.modbus import ModbusDevice
from osb_hil.faults.kind import Kind
from osb_hil.installation import GRID_METER, HEAT_PUMP_METER, TANK_METER, TANK_RELAY
from osb_hil.serial_line import P1Line

_UNITS = {"grid": GRID_METER, "heat_pump": HEAT_PUMP_METER, "tank": TANK_METER, "relay": TANK_RELAY}
_CALLED = {
    "grid": "the meter of the grid",
    "heat_pump": "the sub-meter of the heat pump",
    "tank": "the sub-meter of the tank",
    "relay": "the relay of the tank",
}


class _OnLine(Kind):
    """One slave of the RS-485 line; `which` in the scenario, the heat pump's sub-meter else."""

    @property
    def which(self) -> str:
        return str(self.fault.detail.get("which", "heat_pump"))

    @property
    def unit(self) -> int:
        return _UNITS[self.which]

    async def mend(self, t: int) -> str | None:
        self.bench.line(self.home).revive(self.unit)
        return f"{_CALLED[self.which]} was well again"

    async def recovered(self, t: int) -> str | None:
        if self.which == "relay":
            told = await self.status()
            state = told and next(d["state"] for name, d in told["devices"].items() if "waveshare_relay" in name)
            return "it was in use again" if state == "ok" else None
        seen = await self.qualities(f"{self.which}.power", f"{self.which}.energy", f"{self.which}.import")
        return "its values were good again" if seen and set(seen.values()) == {"good"} else None


class Dead(_OnLine):
    """It falls silent."""

    name = "meter"

    async def strike(self, t: int) -> str | None:
        self.bench.line(self.home).kill(self.unit)
        return f"{_CALLED[self.which]} died"

    async def last_words(self) -> str | None:
        """How the box shows the points of a dead meter at the end."""
        seen = await self.qualities(f"{self.which}.power", f"{self.which}.energy")
        rows = ", ".join(f"{point} {quality}" for point, quality in seen.items())
        return f"dead to the end; the box then showed {rows}"


class Garbled(_OnLine):
    """Its answers have a wrong CRC."""

    name = "meter_crc"

    async def strike(self, t: int) -> str | None:
        self.bench.line(self.home).garble(self.unit)
        return f"{_CALLED[self.which]} answered with a wrong CRC"


class Stuttering(_OnLine):
    """Its answers arrive torn."""

    name = "meter_stutter"

    async def strike(self, t: int) -> str | None:
        self.bench.line(self.home).stutter(self.unit)
        return f"{_CALLED[self.which]} stuttered"


class Impostor(_OnLine):
    """It answers in the name of its neighbour."""

    name = "meter_impostor"

    async def strike(self, t: int) -> str | None:
        other = HEAT_PUMP_METER if self.unit == TANK_METER else TANK_METER
        self.bench.line(self.home).impersonate(self.unit, other)
        return f"{_CALLED[self.which]} answered in the name of unit {other}"


class Lying(_OnLine):
    """It shows nonsense, with a right CRC: a power that no home has."""

    name = "meter_nonsense"

    async def strike(self, t: int) -> str | None:
        self._device: ModbusDevice = self.bench.line(self.home).device(self.unit)
        self._device.nonsense = True
        return f"{_CALLED[self.which]} showed nonsense"

    async def mend(self, t: int) -> str | None:
        self._device.nonsense = False
        self._device.refresh()
        return await super().mend(t)


class CutTelegrams(Kind):
    """Telegrams of the P1 port end after 300 bytes, as on a bad cable."""

    name = "p1_cut"

    async def strike(self, t: int) -> str | None:
        self._line().cut = 300
        return "telegrams of the P1 port were cut short"

    async def mend(self, t: int) -> str | None:
        self._line().cut = None
        return "telegrams were whole again"

    async def recovered(self, t: int) -> str | None:
        seen = await self.qualities("grid.power", "grid.import")
        return "its values were good again" if set(seen.values()) == {"good"} else None

    def _line(self) -> P1Line:
        line = self.bench.installation(self.home).p1_line
        if line is None:
            raise KeyError(f"the home of {self.home} has no P1 port")
        return line


class Unplugged(CutTelegrams):
    """The cable of the P1 port is out."""

    name = "p1_silent"

    async def strike(self, t: int) -> str | None:
        self._line().silent = True
        return "the cable of the P1 port was out"

    async def mend(self, t: int) -> str | None:
        self._line().silent = False
        return "it was in again"


class Gateway(Kind):
    """An appliance on the network restarts: connections break, none is taken meanwhile."""

    name = "gateway"

    @property
    def which(self) -> str:
        return str(self.fault.detail.get("which", "heat_pump"))

    async def strike(self, t: int) -> str | None:
        await self.bench.installation(self.home).unplug_network(self.which)
        return f"the gateway of the {self.which} went down"

    async def mend(self, t: int) -> str | None:
        await self.bench.installation(self.home).plug_network(self.which)
        return "it was up again"

    async def recovered(self, t: int) -> str | None:
        told = await self.status()
        profile = {"heat_pump": "daikin_homehub", "ev": "alfen_ng9xx", "battery": "sunspec_battery"}[self.which]
        state = told and next(d["state"] for name, d in told["devices"].items() if profile in name)
        return "it was in use again" if state == "ok" else None


KINDS = (Dead, Garbled, Stuttering, Impostor, Lying, CutTelegrams, Unplugged, Gateway)
