"""A home to hang emulated devices on, and real pymodbus masters to read them with."""

import asyncio
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

import pytest
from pymodbus.client import AsyncModbusTcpClient

from osb_hil.devices.modbus import serve_tcp
from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.home.spec import (
    BatterySpec,
    BuildingSpec,
    ComfortSpec,
    EvSpec,
    HeatPumpSpec,
    HomeSpec,
    PvSpec,
    TankSpec,
)
from osb_hil.weather import Weather

START = 1768431600  # 2026-01-15 00:00 in Brussels

SPEC = HomeSpec(
    id="box-01",
    feeder="f1",
    seed=1,
    building=BuildingSpec(180, 2000, 8000, 900, 0.5, 2.0, 350),
    comfort=ComfortSpec(20.5, 19.5, 22.5, 17.5, 23 * 60, 6 * 60),
    heat_pump=HeatPumpSpec(2500, 500, 300, 1.0, 10, 600, 600, 24.0),
    tank=TankSpec(200, 2000, 2.0, 18.0, 45.0, 62.0, 75.0, 120),
    battery=BatterySpec(10000, 5000, 4000, 0.95, 0.1, 5),
    ev=EvSpec(1, 32, 60000, 0.9, 180, 450, 1050, 40),
    pv=PvSpec(5000, 35, 180),
    fuse_w=9200,
    annual_kwh=3500,
    grid_meter="sdm630",
)


@pytest.fixture(scope="module")
def inputs():
    return Inputs(SPEC, Weather(START, START + 3600), ZoneInfo("Europe/Brussels"))


@pytest.fixture
def home(inputs):
    return Home(SPEC, inputs)


@asynccontextmanager
async def master(device):
    """A TCP master connected to the device."""
    server, port = await serve_tcp(device)
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=1, retries=0)
    await client.connect()
    try:
        yield client
    finally:
        client.close()
        await server.shutdown()


@pytest.fixture
def session():
    """Run a coroutine function against a device: `session(device, talk)`."""

    def run(device, talk):
        async def inside():
            async with master(device) as client:
                return await talk(client)

        return asyncio.run(inside())

    return run
