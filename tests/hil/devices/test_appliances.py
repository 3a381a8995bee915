"""Charger, heat pump, relay and probe: literal registers at the addresses of their manuals."""

import pytest
from pymodbus.constants import ExcCodes

from osb_hil.devices.alfen_charger import AlfenCharger
from osb_hil.devices.daikin_homehub import DaikinHomeHub
from osb_hil.devices.r4dcb08 import R4dcb08
from osb_hil.devices.waveshare_relay import WaveshareRelay
from osb_hil.home.flows import CHARGING, NO_CAR

START = 1768431600
TWELVE_AMPS, FOUR_AMPS = [0x4140, 0x0000], [0x4080, 0x0000]  # IEEE 754: 12.0, 4.0
SIX_AMPS = [0x40C0, 0x0000]


@pytest.fixture
def charger(home):
    device = AlfenCharger(1, home, home.spec.ev)
    device.tick(START)
    return device


@pytest.fixture
def homehub(home):
    home.flows.outdoor_c, home.flows.room_c, home.flows.heat_pump_w = -3.25, 20.47, 1234.0
    device = DaikinHomeHub(1, home, home.spec.heat_pump)
    device.tick(START)
    return device


async def read(client, address, count=1):
    return (await client.read_holding_registers(address, count=count, device_id=1)).registers


def text(words):
    return b"".join(w.to_bytes(2, "big") for w in words).rstrip(b"\0").decode()


def test_the_charger_shows_volts_amps_watts_and_watt_hours(session, charger, home):
    home.flows.ev_w, home.flows.ev_state, home.counters.ev_wh = 2760.0, CHARGING, 1_000_000.0
    charger.tick(START + 60)

    async def talk(client):
        return [await read(client, a, n) for a, n in ((306, 2), (320, 6), (344, 2), (374, 4), (1200, 1), (1201, 5))]

    volts, amps, watts, energy, available, state = session(charger, talk)
    assert volts == [0x4366, 0]  # 230.0 V
    assert amps == [0x4140, 0, 0, 0, 0, 0]  # 12.0 A, one phase
    assert watts == [0x452C, 0x8000]  # 2760.0 W
    assert energy == [0x412E, 0x8480, 0, 0]  # 1e6 Wh as a double
    assert available == [1]
    assert text(state) == "C2"


@pytest.mark.parametrize(
    ("state", "words", "shown"), [(NO_CAR, TWELVE_AMPS, "A"), (1, TWELVE_AMPS, "B2"), (1, [0, 0], "B1")]
)
def test_the_state_of_a_car_that_does_not_charge(session, charger, home, state, words, shown):
    home.flows.ev_state = state

    async def talk(client):
        await client.write_registers(1210, words, device_id=1)
        return text(await read(client, 1201, 5))

    assert session(charger, talk) == shown


def test_a_written_current_runs_out_into_the_safe_current(session, charger, home):
    async def talk(client):
        seen = [(home.controls.ev_current_a, await read(client, 1206, 4), await read(client, 1214))]
        await client.write_registers(1210, TWELVE_AMPS, device_id=1)
        for after in (0, 240, 300):
            charger.tick(START + after)
            seen.append((home.controls.ev_current_a, await read(client, 1206, 4), await read(client, 1214)))
        return seen

    # applied maximum, seconds left, whether the master's set-point counts
    assert session(charger, talk) == [
        (6.0, [*SIX_AMPS, 0, 0], [0]),
        (12.0, [*TWELVE_AMPS, 0, 300], [1]),
        (12.0, [*TWELVE_AMPS, 0, 60], [1]),
        (6.0, [*SIX_AMPS, 0, 0], [0]),
    ]


def test_below_6_ampere_nothing_is_offered_and_no_more_than_the_car_may(session, charger, home):
    async def talk(client):
        await client.write_registers(1210, FOUR_AMPS, device_id=1)
        offered = [home.controls.ev_current_a]
        await client.write_registers(1210, [0x4248, 0], device_id=1)  # 50.0 A
        return [*offered, home.controls.ev_current_a]

    assert session(charger, talk) == [0.0, 32.0]


@pytest.mark.parametrize("words", [[0xBF80, 0], [0x7FC0, 0], [0x4140]])  # -1.0, NaN, half a number
def test_a_current_that_is_none_is_refused(session, charger, home, words):
    async def talk(client):
        return (await client.write_registers(1210, words, device_id=1)).exception_code

    assert session(charger, talk) == ExcCodes.ILLEGAL_VALUE
    assert home.controls.ev_current_a == 6.0


def test_the_heat_pump_shows_temperatures_and_power_one_below_the_table(session, homehub):
    async def talk(client):
        async def inputs(address, count=1):
            return (await client.read_input_registers(address, count=count, device_id=1)).registers

        return await inputs(43), await inputs(49, 2), await inputs(20), await inputs(30), await inputs(42)

    outdoor, room_and_power, error, compressor, hot_water = session(homehub, talk)
    assert outdoor == [-325 & 0xFFFF]  # table 44
    assert room_and_power == [2047, 123]  # tables 50 and 51
    assert error == [0]  # table 21
    assert compressor == [1]  # table 31
    assert hot_water == [32766]  # table 43: not available here


@pytest.mark.parametrize(
    ("smart_grid", "mode", "limit_w"),
    [(0, 0, 20000.0), (1, 1, 20000.0), (2, 2, 1200.0), (3, 2, 20000.0)],
)
def test_smart_grid_modes_steer_the_compressor(session, homehub, home, smart_grid, mode, limit_w):
    async def talk(client):
        await client.write_register(56, 120, device_id=1)  # table 57: 1.20 kW while recommended on
        await client.write_register(55, smart_grid, device_id=1)  # table 56
        return home.controls.heat_pump_mode, home.controls.heat_pump_limit_w

    assert session(homehub, talk) == (mode, limit_w)


def test_a_room_set_point_and_switching_space_heating_off(session, homehub, home):
    async def talk(client):
        await client.write_register(5, 22, device_id=1)  # table 6
        await client.write_register(3, 0, device_id=1)  # table 4
        return home.controls.heat_pump_setpoint_c, home.controls.heat_pump_mode

    assert session(homehub, talk) == (22.0, 1)


@pytest.mark.parametrize(
    ("address", "value", "fault"),
    [(55, 4, ExcCodes.ILLEGAL_VALUE), (5, 31, ExcCodes.ILLEGAL_VALUE), (9, 50, ExcCodes.ILLEGAL_ADDRESS)],
)
def test_the_heat_pump_refuses_what_its_table_does_not_allow(session, homehub, home, address, value, fault):
    async def talk(client):
        return (await client.write_register(address, value, device_id=1)).exception_code

    assert session(homehub, talk) == fault
    assert home.controls.heat_pump_mode == 0


def test_relay_0_switches_the_tank(session, home):
    relay = WaveshareRelay(1, home)

    async def talk(client):
        states = [(await client.read_coils(0, count=8, device_id=1)).bits[:8]]
        await client.write_coil(0, True, device_id=1)
        states.append((await client.read_coils(0, count=8, device_id=1)).bits[:8])
        switched = [home.controls.tank_on]
        await client.write_coils(0, [False, True], device_id=1)
        states.append((await client.read_coils(0, count=8, device_id=1)).bits[:8])
        none = (await client.write_coil(8, True, device_id=1)).exception_code
        return states, [*switched, home.controls.tank_on], none

    states, switched, none = session(relay, talk)
    assert states == [[False] * 8, [True] + [False] * 7, [False, True] + [False] * 6]
    assert switched == [True, False]
    assert none == ExcCodes.ILLEGAL_ADDRESS


def test_the_probe_in_the_tank_and_the_seven_that_are_not_there(session, home):
    home.flows.tank_c = 54.36
    module = R4dcb08(1, home)
    module.tick(START)

    async def talk(client):
        return await read(client, 0, 8)

    assert session(module, talk) == [544] + [0x8000] * 7
