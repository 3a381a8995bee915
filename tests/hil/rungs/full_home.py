"""The fullest home of the bench on one RS-485 line: nine devices, which is more than most boxes will ever have."""

from zoneinfo import ZoneInfo

from osb_hil.budgets.fullest import fullest
from osb_hil.devices.alfen_charger import AlfenCharger
from osb_hil.devices.daikin_homehub import DaikinHomeHub
from osb_hil.devices.modbus import ModbusDevice
from osb_hil.devices.r4dcb08 import R4dcb08
from osb_hil.devices.sunspec_battery import SunSpecBattery
from osb_hil.devices.sunspec_inverter import SunSpecInverter
from osb_hil.devices.waveshare_relay import WaveshareRelay
from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.home.spec import HomeSpec
from osb_hil.targets.box import meters
from osb_hil.weather import Weather

DAY = 1768431600  # 2026-01-15 00:00 in Brussels: a moment at which the home stands still
_PROFILES = (  # in the order of their units
    *(("grid", "eastron_sdm630"), ("heat_pump", "eastron_sdm120"), ("tank", "eastron_sdm120")),
    *(("tank", "waveshare_relay"), ("tank", "r4dcb08"), ("heat_pump", "daikin_homehub")),
    *(("ev", "alfen_ng9xx"), ("battery", "sunspec_battery"), ("pv", "sunspec_inverter")),
)


def home_of(spec: HomeSpec) -> Home:
    """A home of that kind on that day."""
    return Home(spec, Inputs(spec, Weather(DAY, DAY + 86400), ZoneInfo("Europe/Brussels")))


def devices() -> list[ModbusDevice]:
    """Units 1 to 9: the three of `meters`, and what the home has beside them."""
    spec = fullest("box-01")
    home = home_of(spec)
    more: list[ModbusDevice] = [
        WaveshareRelay(4, home),
        R4dcb08(5, home),
        DaikinHomeHub(6, home, spec.heat_pump),
        AlfenCharger(7, home, spec.ev),
        SunSpecBattery(8, home, spec.battery),
        SunSpecInverter(9, home),
    ]
    for device in more:
        device.tick(DAY)
    return [*meters(), *more]


def told() -> list[dict[str, object]]:
    """The same as a box's configuration has them."""
    return [
        {"role": role, "profile": profile, "bus": "rs485", "unit": unit}
        for unit, (role, profile) in enumerate(_PROFILES, 1)
    ]
