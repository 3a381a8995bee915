"""SunSpec devices, point by point at the addresses that the model definitions give behind base register 40000."""

import pytest
from pymodbus.constants import ExcCodes

from osb_hil.devices.sunspec_battery import SunSpecBattery
from osb_hil.devices.sunspec_inverter import SunSpecInverter

WATTS_101, ENERGY_101 = 40084, 40094  # 40070 + 14, + 24
STORCTL_MOD, CHA_STATE, OUT_W_RTE, IN_W_RTE, RVRT = 40127, 40130, 40134, 40135, 40137  # 40122 + 5, 8, 12, 13, 15
W_MAX_LIM_PCT, W_MAX_LIM_RVRT, W_MAX_LIM_ENA = 40127, 40129, 40131  # 40122 + 5, 7, 9


@pytest.fixture
def battery(home):
    device = SunSpecBattery(1, home, home.spec.battery)
    device.tick(1768431600)
    return device


@pytest.fixture
def inverter(home):
    home.flows.pv_w, home.counters.pv_wh = -3210.4, 70_000.0
    device = SunSpecInverter(1, home)
    device.tick(1768431600)
    return device


async def read(client, address, count=1):
    return (await client.read_holding_registers(address, count=count, device_id=1)).registers


def test_the_chain_of_models_of_the_inverter(session, inverter):
    async def talk(client):
        return [await read(client, a, 2) for a in (40000, 40002, 40070, 40122, 40148, 40176)] + [
            await read(client, 40004, 8)
        ]

    *heads, maker = session(inverter, talk)
    assert heads == [
        [0x5375, 0x6E53],
        [1, 66],
        [101, 50],
        [123, 24],
        [120, 26],
        [0xFFFF, 0],
    ]  # "SunS", model and length, end
    assert b"".join(w.to_bytes(2, "big") for w in maker) == b"Open Smart Box\0\0"


def test_the_chain_of_models_of_the_battery(session, battery):
    async def talk(client):
        return [await read(client, a, 2) for a in (40000, 40002, 40070, 40122, 40148, 40255)]

    assert session(battery, talk) == [[0x5375, 0x6E53], [1, 66], [101, 50], [124, 24], [201, 105], [0xFFFF, 0]]


def test_production_is_positive_and_what_is_not_measured_says_so(session, inverter):
    async def talk(client):
        return await read(client, WATTS_101, 2), await read(client, ENERGY_101, 3), await read(client, 40073, 3)

    watts, energy, phases = session(inverter, talk)
    assert watts == [3210, 0]  # W, W_SF
    assert energy == [0x0001, 0x1170, 0]  # 70 000 Wh, WH_SF
    assert phases == [round(100 * 3210.4 / 230), 0xFFFF, 0xFFFF]  # AphA [0.01 A]; B and C not implemented


def test_a_power_limit_of_40_percent_holds_until_it_is_lifted(session, inverter, home):
    async def talk(client):
        await client.write_register(W_MAX_LIM_PCT, 4000, device_id=1)
        held = [home.controls.pv_limit]
        await client.write_register(W_MAX_LIM_ENA, 1, device_id=1)
        held.append(home.controls.pv_limit)
        inverter.tick(1768431600 + 86400)
        held.append(home.controls.pv_limit)
        await client.write_register(W_MAX_LIM_ENA, 0, device_id=1)
        return [*held, home.controls.pv_limit]

    assert session(inverter, talk) == [1.0, 0.4, 0.4, 1.0]


def test_a_power_limit_with_a_timeout_reverts(session, inverter, home):
    async def talk(client):
        await client.write_registers(W_MAX_LIM_PCT, [4000, 0, 120, 0, 1], device_id=1)
        inverter.tick(1768431600 + 119)
        held = [home.controls.pv_limit]
        inverter.tick(1768431600 + 120)
        return [*held, home.controls.pv_limit, *await read(client, W_MAX_LIM_ENA)]

    assert session(inverter, talk) == [0.4, 1.0, 0]


# charge at most 5000 W, discharge at most 4000 W; rates in 0.01 %
@pytest.mark.parametrize(
    ("mode", "out_rate", "in_rate", "power_w"),
    [
        (0, 10000, 10000, 0.0),  # free: this inverter rests
        (3, -4000 & 0xFFFF, 4000, 1600.0),  # at least 40 % of 4000 W of charging, at most 40 % of 5000 W
        (3, 10000, -5000 & 0xFFFF, -2500.0),  # charging of at most -50 %: forced discharge
        (2, -2500 & 0xFFFF, 10000, 1000.0),  # discharging of at most -25 %: forced charge
        (2, -2500 & 0xFFFF, -10000 & 0xFFFF, 1000.0),  # InWRte does not count while bit 0 is off
        (1, 0, 0, 0.0),
        (3, -10000 & 0xFFFF, -10000 & 0xFFFF, 0.0),  # contradiction
    ],
)
def test_the_window_of_storage_control(session, battery, home, mode, out_rate, in_rate, power_w):
    async def talk(client):
        await client.write_registers(OUT_W_RTE, [out_rate, in_rate], device_id=1)
        await client.write_register(STORCTL_MOD, mode, device_id=1)
        return home.controls.battery_w

    assert session(battery, talk) == power_w


def test_storage_limits_last_until_their_own_timeout(session, battery, home):
    async def talk(client):
        await client.write_registers(OUT_W_RTE, [-5000 & 0xFFFF, 5000, 0, 900], device_id=1)
        await client.write_register(STORCTL_MOD, 3, device_id=1)
        battery.tick(1768431600 + 899)
        held = [home.controls.battery_w]
        battery.tick(1768431600 + 900)
        return [*held, home.controls.battery_w]

    assert session(battery, talk) == [2000.0, 0.0]


def test_the_battery_shows_charge_power_and_both_counters(session, battery, home):
    home.flows.battery_w, home.flows.battery_soc = 1500.0, 0.4275
    home.counters.battery_import_wh, home.counters.battery_export_wh = 1_234_567.9, 65_536.0
    battery.tick(1768431660)

    async def talk(client):
        return [
            await read(client, CHA_STATE),
            await read(client, 40133),  # ChaSt
            await read(client, WATTS_101),
            await read(client, 40166),  # 201 W
            await read(client, 40186, 2),  # 201 TotWhExp
            await read(client, 40194, 2),  # 201 TotWhImp
        ]

    assert session(battery, talk) == [[4275], [4], [-1500 & 0xFFFF], [1500], [1, 0], [0x0012, 0xD688]]


@pytest.mark.parametrize(
    ("address", "value", "fault"),
    [
        (STORCTL_MOD, 4, ExcCodes.ILLEGAL_VALUE),
        (OUT_W_RTE, 10001, ExcCodes.ILLEGAL_VALUE),
        (40124, 5000, ExcCodes.ILLEGAL_ADDRESS),  # WChaMax: this inverter's is fixed
    ],
)
def test_what_the_battery_refuses_stays_as_it_was(session, battery, address, value, fault):
    async def talk(client):
        before = await read(client, address)
        refused = (await client.write_register(address, value, device_id=1)).exception_code
        return refused, before == await read(client, address)

    assert session(battery, talk) == (fault, True)
