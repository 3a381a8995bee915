"""The target of a test: those of `--target`, one after the other; one that is not here is skipped and says why."""

import asyncio
import json
import os

import pytest

from osb_hil.hub_end import free_port
from osb_hil.serial_line import Rs485Line
from osb_hil.targets import MissingTarget, box
from osb_hil.targets.unix import UnixTarget

PATIENCE = {"unix": 60.0, "pico": 20.0, "pico_w": 30.0, "board": 60.0}  # of its own seconds


def pytest_generate_tests(metafunc):
    if "target_name" in metafunc.fixturenames:
        metafunc.parametrize("target_name", metafunc.config.getoption("target") or ["unix"])


@pytest.fixture
def target(target_name, tmp_path, pytestconfig):
    """Made within the test's own loop: call it."""

    def make():
        try:
            if target_name == "unix":
                return UnixTarget(tmp_path / "flash")
            if target_name == "board":
                from osb_hil.targets.board import BoardTarget

                return BoardTarget(*(pytestconfig.getoption(name) for name in ("box", "bus", "page", "p1", "board")))
            from osb_hil.targets.pico import EmulatedTarget

            return EmulatedTarget(target_name)
        except MissingTarget as missing:
            pytest.skip(str(missing))

    make.patience = PATIENCE[target_name]
    return make


class Rig:
    """A whole box on a target with three meters on its line, as it is flashed; `more` are settings.

    `page`: it shall be asked for its page, and needs the emulated Wi-Fi for that where it is a chip. `meters`: others.
    """

    def __init__(self, target, p1=False, page=False, meters=None, **more):
        self.target = target
        self.poll_s = more.setdefault("poll_s", 2 if target.name == "unix" else 5)
        self.meters = meters or box.meters()
        self.p1 = target.line("p1")(lambda data: None) if p1 else None
        self.line = Rs485Line(self.meters, target.line("rs485"), target.now_s)
        if p1:
            more.update(box.with_p1(target))
        if target.name == "unix":
            target.web = ("127.0.0.1", free_port())
            more.setdefault("web", {"host": target.web[0], "port": target.web[1], "token": box.TOKEN})
        if page and target.name == "pico_w":
            from osb_hil.emulated.services import WIFI

            more.update(wifi=WIFI, web=box.WEB)
        if page and target.name == "board":
            if not os.environ.get("OSB_WIFI"):
                pytest.skip("no network for the board: set OSB_WIFI to the SSID of yours, and OSB_WIFI_PASSWORD")
            wifi = {"ssid": os.environ["OSB_WIFI"], "password": os.environ.get("OSB_WIFI_PASSWORD", "")}
            more.update(wifi=wifi, web=box.WEB)
        self._more = more

    def settings(self, **more):
        """What its configuration would be with `more`."""
        return box.settings(self.target, **{**self._more, **more})

    def write(self, files, **more):
        """Put files on its flash, and its settings with `more`; before the start."""
        self.target.write({**files, "config.json": json.dumps(self.settings(**more)).encode()})

    def asked(self, unit):
        """When the box has asked a meter [s]."""
        return [t for t, asked, _ in self.line.asked if asked == unit]

    async def stop(self):
        await self.target.stop()
        self.line.close()
        if self.p1:
            self.p1.close()


@pytest.fixture
def on_rig(target):
    """Run `talk(rig)` with a box that is powered on, and take all down afterwards."""

    def run(talk, start=True, **more):
        async def main():
            rig = None
            try:
                rig = Rig(target(), **more)
                rig.write(box.firmware(rig.target.board))
                if start:
                    await rig.target.start()
                return await talk(rig)
            except MissingTarget as missing:
                pytest.skip(str(missing))
            finally:
                if rig:
                    await rig.stop()

        return asyncio.run(main())

    run.patience = target.patience
    return run
