"""RS-485 and P1 lines on pseudo-terminals, used with a real pymodbus master and as plain files."""

import asyncio
import os
import termios
import tty

import pytest
from pymodbus.client import AsyncModbusSerialClient
from pymodbus.exceptions import ModbusIOException

from osb_hil.devices.branch import Branch
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.serial_line import P1Line, Rs485Line

# the example of the SDM120 protocol document: volts of unit 1
REQUEST = bytes.fromhex("01 04 00 00 00 02 71 CB")


def line_of(*units):
    meters = [Sdm120(unit, lambda unit=unit: Branch(100.0 * unit, 0.0)) for unit in units]
    for meter in meters:
        meter.tick(60)
    return Rs485Line(meters)


async def watts(client, unit):
    """Register 0x000C of a unit, or None for no usable answer."""
    try:
        return client.convert_from_registers(
            (await client.read_input_registers(0x0C, count=2, device_id=unit)).registers, client.DATATYPE.FLOAT32
        )
    except ModbusIOException:
        return None


def on_line(line_units, talk):
    async def run():
        line = line_of(*line_units)
        client = AsyncModbusSerialClient(line.port, timeout=0.2, retries=0)
        await client.connect()
        try:
            return await talk(line, client)
        finally:
            client.close()
            line.close()

    return asyncio.run(run())


def test_several_slaves_share_a_line():
    async def talk(line, client):
        return [await watts(client, unit) for unit in (1, 2, 3)]

    assert on_line((1, 2, 3), talk) == [100.0, 200.0, 300.0]


def test_a_dead_slave_is_silent_its_neighbours_are_not_and_it_can_come_back():
    async def talk(line, client):
        line.kill(2)
        dead = [await watts(client, unit) for unit in (1, 2, 3)]
        line.revive(2)
        return dead, await watts(client, 2)

    assert on_line((1, 2, 3), talk) == ([100.0, None, 300.0], 200.0)


def test_a_unit_that_was_never_there_is_silent():
    async def talk(line, client):
        return await watts(client, 9), await watts(client, 1)

    assert on_line((1,), talk) == (None, 100.0)


def test_a_stuttering_slave_sends_torn_frames_until_it_is_mended():
    async def run():
        line = line_of(1)
        fd = os.open(line.port, os.O_RDWR | os.O_NONBLOCK)
        tty.setraw(fd)
        answers = []
        for mend in (False, True):
            line.revive(1) if mend else line.stutter(1)
            termios.tcflush(fd, termios.TCIFLUSH)
            os.write(fd, REQUEST)
            await asyncio.sleep(0.1)
            answers.append(os.read(fd, 64))
        os.close(fd)
        line.close()
        return answers

    torn, whole = asyncio.run(run())
    assert whole[:7] == bytes.fromhex("01 04 04 43 66 00 00")  # 230.0 V
    assert len(whole) == 9
    assert torn == whole[:4] + b"\x00\xff\x55"


def test_a_unit_that_is_not_on_the_line_cannot_die():
    async def talk(line, client):
        with pytest.raises(ValueError, match=r"no unit 5 on this line, only 1, 2"):
            line.kill(5)

    on_line((1, 2), talk)


def test_a_meter_repeats_its_telegram_for_a_box_that_starts_late(monkeypatch):
    monkeypatch.setattr("osb_hil.serial_line._P1_AGAIN_S", 0.05)

    async def run():
        line = P1Line()
        line.send(b"/first!\r\n")
        fd = os.open(line.port, os.O_RDWR | os.O_NONBLOCK)
        termios.tcflush(fd, termios.TCIFLUSH)  # as a box does that opens its port
        line.send(b"/second!\r\n")
        await asyncio.sleep(0.18)
        received = os.read(fd, 4096)
        os.close(fd)
        line.close()
        return received

    received = asyncio.run(run())
    assert received.startswith(b"/second!\r\n/second!\r\n")


def test_p1_telegrams_come_out_of_the_port_byte_for_byte():
    async def run():
        line = P1Line()
        fd = os.open(line.port, os.O_RDWR | os.O_NONBLOCK)
        line.send(b"/ISK5\\2M550T-1012\r\n\r\n!ABCD\r\n")
        line.silent = True
        line.send(b"lost")
        await asyncio.sleep(0.05)
        received = os.read(fd, 4096)
        os.close(fd)
        line.close()
        return received

    assert asyncio.run(run()) == b"/ISK5\\2M550T-1012\r\n\r\n!ABCD\r\n"
