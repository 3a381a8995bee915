"""What would be wired to a board, as a box on the VM finds it."""

import asyncio
from pathlib import Path

from on_vm import run_vm
from osb_hil.pins import Pins

BOX = Path(__file__).parent / "pins_box.py"


class Echo:
    """It says what it was told."""

    rom = bytes.fromhex("28ff641f7616039c")

    def reset(self):
        return True

    def write(self, data):
        self.told = data

    def read(self, count):
        return (self.told + bytes(count))[:count]


class Floating(Echo):
    def read(self, count):
        return None


def test_inputs_pulses_volts_relays_and_both_buses():
    async def run():
        pins = Pins()
        pins.inputs["door"] = 1
        pins.counts["s0"] = 2**32 + 5
        pins.millivolts["a0"] = 1650
        pins.outputs["relay1"] = 0
        pins.onewire += [Echo(), Floating()]
        pins.i2c[0x44] = Echo()
        await pins.open()
        try:
            done = await asyncio.to_thread(run_vm, BOX, env={"OSB_PINS": pins.address})
        finally:
            pins.close()
        assert done.stderr == ""
        assert done.stdout.splitlines() == [
            "1 5 1650",
            "1",
            "[b'(\\xffd\\x1fv\\x16\\x03\\x9c', b'(\\xffd\\x1fv\\x16\\x03\\x9c'] True",
            "b'\\xcc\\xbe\\x00'",
            "[68]",
            "b'$\\x00'",
            "ValueError window is not wired to this board",
            "ValueError relay9 is not wired to this board",
            "OSError [Errno 5] EIO",
        ]
        assert pins.outputs == {"relay1": 1}

    asyncio.run(run())


def test_without_a_field_nothing_is_wired():
    done = run_vm(BOX, env={"OSB_PINS": ""})
    assert "nothing is wired to this machine: OSB_PINS names no field" in done.stdout + done.stderr
