"""Register addresses and floats as the meters' protocol documents print them."""

import pytest
from pymodbus.constants import ExcCodes

from osb_hil.devices.branch import Branch
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.devices.sdm630 import Sdm630


def meter(kind, power_w=-1150.0, import_wh=4_711_250.0, export_wh=8_500.0):
    device = kind(1, lambda: Branch(power_w, import_wh, export_wh))
    device.tick(1768431600)
    return device


def test_sdm120_shows_volts_amps_watts_and_kilowatt_hours_as_big_endian_floats(session):
    async def talk(client):
        return [
            (await client.read_input_registers(address, count=2, device_id=1)).registers
            for address in (0x0000, 0x0006, 0x000C, 0x0046, 0x0048, 0x004A)
        ]

    # IEEE 754: 230 V, 5 A, -1150 W, 50 Hz, 4711.25 kWh, 8.5 kWh
    assert session(meter(Sdm120), talk) == [
        [0x4366, 0x0000],
        [0x40A0, 0x0000],
        [0xC48F, 0xC000],
        [0x4248, 0x0000],
        [0x4593, 0x3A00],
        [0x4108, 0x0000],
    ]


def test_sdm630_shows_each_phase_and_the_sum(session):
    async def talk(client):
        return (await client.read_input_registers(0, count=76, device_id=1)).registers

    words = session(meter(Sdm630, power_w=-1150.0 * 3), talk)
    assert words[0x00:0x06] == [0x4366, 0] * 3  # 230 V
    assert words[0x06:0x0C] == [0x40A0, 0] * 3  # 5 A
    assert words[0x0C:0x12] == [0xC48F, 0xC000] * 3  # -1150 W
    assert words[0x34:0x36] == [0xC557, 0xA000]  # -3450 W
    assert words[0x48:0x4C] == [0x4593, 0x3A00, 0x4108, 0x0000]
    assert words[0x12:0x18] == [0] * 6  # apparent power: not wired up, reads zero


@pytest.mark.parametrize(("count", "answered"), [(80, True), (82, False)])
def test_more_than_40_quantities_in_a_request_are_refused(session, count, answered):
    async def talk(client):
        return await client.read_input_registers(0, count=count, device_id=1)

    answer = session(meter(Sdm630), talk)
    assert answer.isError() != answered
    if not answered:
        assert answer.exception_code == ExcCodes.ILLEGAL_VALUE


def test_a_meter_follows_its_branch_once_a_step(session):
    power = [100.0]
    device = Sdm120(1, lambda: Branch(power[0], 0.0))

    async def talk(client):
        device.tick(60)
        first = (await client.read_input_registers(0x0C, count=2, device_id=1)).registers
        power[0] = 200.0
        device.tick(120)
        return first, (await client.read_input_registers(0x0C, count=2, device_id=1)).registers

    assert session(device, talk) == ([0x42C8, 0], [0x4348, 0])  # 100.0, 200.0


def test_a_meter_has_no_coils_and_no_holding_registers_that_anyone_could_write(session):
    async def talk(client):
        return [
            (await client.read_coils(0, count=1, device_id=1)).exception_code,
            (await client.write_register(0, 1, device_id=1)).exception_code,
        ]

    assert session(meter(Sdm120), talk) == [ExcCodes.ILLEGAL_FUNCTION, ExcCodes.ILLEGAL_ADDRESS]
