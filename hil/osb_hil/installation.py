"""The electrician's work in one home: which meters and appliances hang on which line, and what the box is told of
it.
"""

from typing import Any
from zoneinfo import ZoneInfo

from pymodbus.server import ModbusTcpServer

from osb_hil.devices.alfen_charger import AlfenCharger
from osb_hil.devices.branch import Branch
from osb_hil.devices.daikin_homehub import DaikinHomeHub
from osb_hil.devices.modbus import ModbusDevice, serve_tcp
from osb_hil.devices.p1_meter import P1Meter
from osb_hil.devices.r4dcb08 import R4dcb08
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.devices.sdm630 import Sdm630
from osb_hil.devices.sunspec_battery import SunSpecBattery
from osb_hil.devices.sunspec_inverter import SunSpecInverter
from osb_hil.devices.waveshare_relay import WaveshareRelay
from osb_hil.home.home import Home
from osb_hil.serial_line import P1Line, Rs485Line

RTU_TIMEOUT_MS = 300  # wall time; a meter answers within some ten milliseconds, also on a busy machine
GRID_METER, HEAT_PUMP_METER, TANK_METER, TANK_RELAY, TANK_PROBE = 1, 2, 3, 4, 5  # units on the RS-485 line


class Installation:
    """Lines and devices of one home. After `start`, `buses` and `devices` are those keys of the box's configuration."""

    def __init__(self, home: Home, zone: ZoneInfo, serial: int) -> None:
        self.home = home
        self.buses: list[dict[str, Any]] = []
        self.devices: list[dict[str, Any]] = []
        self.line: Rs485Line | None = None
        self.p1_line: P1Line | None = None
        self._emulated: list[ModbusDevice] = []
        self._served: dict[str, tuple[ModbusTcpServer, ModbusDevice, int]] = {}  # role -> server, device, port
        self._p1_meter: P1Meter | None = None
        if home.spec.grid_meter == "p1":
            self._p1_meter = P1Meter(self._grid, zone, belgian=serial % 2 == 0, serial=serial)

    async def start(self) -> None:
        """Power the devices up and wire them."""
        await self._wire_serial()
        await self._wire_network()
        if self._p1_meter:
            self.p1_line = P1Line()
            self.buses.append({"name": "p1", "type": "p1", "port": self.p1_line.port})
            self.devices.append({"role": "grid", "profile": "dsmr5", "bus": "p1"})

    def tick(self, t: int) -> None:
        """All devices show the home as it is at `t`."""
        if self._p1_meter and self.p1_line:
            self.p1_line.send(self._p1_meter.telegram(t))
        for device in self._emulated:
            device.tick(t)

    async def unplug_network(self, role: str | None = None) -> None:
        """Appliances on the network, or that of one role, are not to be reached."""
        for name, (server, _, _) in list(self._served.items()):
            if role in (None, name):
                await server.shutdown()  # type: ignore[no-untyped-call]

    async def plug_network(self, role: str | None = None) -> None:
        """They are there again, at the same addresses."""
        for name, (_, device, port) in list(self._served.items()):
            if role in (None, name):
                server, _ = await serve_tcp(device, port)
                self._served[name] = server, device, port

    async def stop(self) -> None:
        """Take everything down."""
        for line in (self.line, self.p1_line):
            if line:
                line.close()
        for server, _, _ in self._served.values():
            await server.shutdown()  # type: ignore[no-untyped-call]

    async def _wire_serial(self) -> None:
        """RS-485: the meters, and what belongs to the tank."""
        home, spec, on_line = self.home, self.home.spec, list[ModbusDevice]()
        counters, flows = home.counters, home.flows
        if spec.grid_meter == "sdm630":
            on_line.append(Sdm630(GRID_METER, self._grid))
            self._tell("grid", "eastron_sdm630", "rs485", GRID_METER)
        if spec.heat_pump:
            on_line.append(Sdm120(HEAT_PUMP_METER, lambda: Branch(flows.heat_pump_w, counters.heat_pump_wh)))
            self._tell("heat_pump", "eastron_sdm120", "rs485", HEAT_PUMP_METER)
        if spec.tank:
            on_line.append(Sdm120(TANK_METER, lambda: Branch(flows.tank_w, counters.tank_wh)))
            self._tell("tank", "eastron_sdm120", "rs485", TANK_METER)
            on_line += [WaveshareRelay(TANK_RELAY, home), R4dcb08(TANK_PROBE, home)]
            self._tell("tank", "waveshare_relay", "rs485", TANK_RELAY)
            self._tell("tank", "r4dcb08", "rs485", TANK_PROBE)
        if on_line:
            self.line = Rs485Line(on_line)
            line = {"name": "rs485", "type": "rtu", "port": self.line.port, "baud": 9600, "timeout_ms": RTU_TIMEOUT_MS}
            self.buses.append(line)
            self._emulated += on_line

    async def _wire_network(self) -> None:
        """Modbus TCP: the appliances."""
        home, spec = self.home, self.home.spec
        if spec.heat_pump:
            await self._serve("heat_pump", "daikin_homehub", DaikinHomeHub(1, home, spec.heat_pump))
        if spec.ev:
            await self._serve("ev", "alfen_ng9xx", AlfenCharger(1, home, spec.ev))
        if spec.battery:
            await self._serve("battery", "sunspec_battery", SunSpecBattery(1, home, spec.battery))
        if spec.pv:
            await self._serve("pv", "sunspec_inverter", SunSpecInverter(1, home))

    async def _serve(self, role: str, profile: str, device: ModbusDevice) -> None:
        server, port = await serve_tcp(device)
        self._served[role] = server, device, port
        self._emulated.append(device)
        self.buses.append({"name": role, "type": "tcp", "host": "127.0.0.1", "port": port})
        self._tell(role, profile, role, device.unit)

    def _tell(self, role: str, profile: str, bus: str, unit: int) -> None:
        self.devices.append({"role": role, "profile": profile, "bus": bus, "unit": unit})

    def _grid(self) -> Branch:
        counters = self.home.counters
        return Branch(self.home.flows.grid_w, counters.grid_import_wh, counters.grid_export_wh)
