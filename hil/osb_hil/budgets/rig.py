"""A powered board of the bench with five meters on its line, begun shortly before the end of a slot."""

import json
from dataclasses import dataclass

from osb_hil.budgets.fullest import HOME
from osb_hil.devices.branch import Branch
from osb_hil.devices.modbus import ModbusDevice
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.serial_line import Rs485Line
from osb_hil.targets import box
from osb_hil.targets.pico import EmulatedTarget
from osb_hil.targets.record import records

POLL_S = 10  # as flash.sh sets it
BEFORE_S = 24  # so long before the slot ends the clock begins: some 10 to start, a pass, and then the one that ends it
_SLOT = 1764548100  # a quarter of an hour after the oldest time a chip believes
_PV, _BATTERY = 4, 5  # units beside those of `box.meters`


@dataclass
class Rig:
    """The board and its line."""

    target: EmulatedTarget
    line: Rs485Line

    async def first_reading(self) -> float:
        """Emulated seconds from power-on until the first reading is on the flash."""
        await self.target.until(lambda: records(self.target.files()), 40, "the first reading")
        return self.target.now_s()

    async def stop(self) -> None:
        await self.target.stop()
        self.line.close()


async def powered(name: str, files: dict[str, bytes], flush_s: int, **more: object) -> Rig:
    """A board of that kind which has `files`; `flush_s` of the journal, `more` settings."""
    target = EmulatedTarget(name)
    line = Rs485Line(_meters(), target.line("rs485"), target.now_s)
    settings = box.settings(target, poll_s=POLL_S, journal_flush_s=flush_s, home=HOME, **more)
    settings["devices"] += [
        {"role": "pv", "profile": "eastron_sdm120", "bus": "rs485", "unit": _PV},
        {"role": "battery", "profile": "eastron_sdm120", "bus": "rs485", "unit": _BATTERY},
    ]
    began = {"outbox/epoch": str(_SLOT - BEFORE_S).encode()}
    target.write({**files, **began, "config.json": json.dumps(settings).encode()})
    await target.start()
    return Rig(target, line)


def _meters() -> list[ModbusDevice]:
    more: list[ModbusDevice] = [
        Sdm120(_PV, lambda: Branch(-800.0, 1_000.0, 2_222_000.0)),
        Sdm120(_BATTERY, lambda: Branch(300.0, 444_000.0, 111_000.0)),
    ]
    for meter in more:
        meter.tick(0)
    return [*box.meters(), *more]
