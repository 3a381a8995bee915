"""A home that is being set up: a box as flash.sh leaves it, meters on RS-485, and parts at the box's own pins."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import threading
import time

from osb_hil.boards import load
from osb_hil.devices.branch import Branch
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.devices.sdm630 import Sdm630
from osb_hil.firmware import load as load_firmware
from osb_hil.firmware import micropython
from osb_hil.flash.settings import first
from osb_hil.hub_end import free_port
from osb_hil.pins import Pins
from osb_hil.serial_line import Rs485Line

RESET = 3
HEAP = "224k"  # ten parts read each second leave 20 kB of 180 on a VM of 64 bits; the page is what is tested here
PROBE = "28ff641f0216030f"  # code of a DS18B20, with its CRC


class NewHome:
    """`folder` is the box's flash, `firmware` what build() made. The box starts again by itself, as a board does."""

    def __init__(self, folder, firmware):
        self.folder, self._firmware, self.starts = folder, firmware, 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.pins = Pins()
        self.pins.inputs |= {"in1": 0, "in2": 0}
        self.pins.counts["s0"] = 0
        self.pins.millivolts |= {"a0": 1650, "a1": 1500}
        self.pins.outputs |= {"relay1": 0, "relay2": 0, "relay3": 0}
        self.meters = [Sdm630(1, self._branch), Sdm120(2, self._branch)]
        for meter in self.meters:
            meter.tick(0)
        self.line = self._call(self._open())
        settings = first("linux", load("linux"))
        settings["web"] |= {"host": "127.0.0.1", "port": free_port()}
        settings["poll_s"] = 1
        self.url, self.code = f"http://127.0.0.1:{settings['web']['port']}", settings["web"]["token"]
        (folder / "config.json").write_text(json.dumps(settings))
        board = json.loads(load("pico_w").for_device())
        board["uarts"] = [{"name": "rs485", "path": self.line.port}]
        board["inputs"] = [{"name": "in1", "pin": 14}, {"name": "in2", "pin": 13}]
        board["relays"] = [{"name": f"relay{n}", "pin": 15 + n} for n in (1, 2, 3)]
        board["analogue"] = [{"name": "a0", "pin": 26}, {"name": "a1", "pin": 27}]
        (folder / "board.json").write_text(json.dumps(board))
        load_firmware(firmware, folder)
        self._wanted = True
        self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        self._listens(settings["web"]["port"])

    def _listens(self, port):
        for _ in range(200):
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), 1).close()
            time.sleep(0.05)
        raise AssertionError("the box does not listen:\n" + self.log)

    @staticmethod
    def _branch():
        return Branch(1234.0, 5678.0)

    async def _open(self):
        await self.pins.open()
        return Rs485Line(self.meters)

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def _start(self):
        self.starts += 1
        with (self.folder / "box.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*micropython(), "-X", f"heapsize={HEAP}", "-m", "main"],
                cwd=self._firmware,
                env={
                    **os.environ,
                    "MICROPYPATH": f"{os.pathsep}.frozen",
                    "OSB_HOME": str(self.folder),
                    "OSB_PINS": self.pins.address,
                    "OSB_RESET": "1" if self.starts > 1 else "",
                },
                stdout=log,
                stderr=log,
            )

    def _keep(self):
        while self.process.wait() == RESET and self._wanted:
            self._start()

    @property
    def kept(self):
        return json.loads((self.folder / "config.json").read_text())

    @property
    def log(self):
        return (self.folder / "box.log").read_text()

    def stop(self):
        self._wanted = False
        self.process.kill()
        self._keeper.join(10)
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self):
        self.line.close()
        self.pins.close()
        await asyncio.sleep(0.05)  # their connections end
