"""A box as flash.sh leaves it, whole, with a Pico's heap: it starts, serves its set-up, and takes its first devices."""

import json
import os
import socket
import subprocess
import time

import httpx
import pytest

from osb_hil import boards
from osb_hil.firmware import build, load, micropython
from osb_hil.flash.settings import first


class FlashedBox:
    """The whole firmware; it is started again whenever it resets itself, as a board is."""

    def __init__(self, folder, settings):
        self.folder, self.settings = folder, settings
        self.starts = 0
        self.start()

    def start(self):
        self.starts += 1
        firmware = build()
        load(firmware, self.folder)
        with (self.folder / "box.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*micropython(), "-X", "heapsize=180k", "main.py"],
                cwd=firmware,
                env={
                    **os.environ,
                    "MICROPYPATH": f"{firmware}{os.pathsep}.frozen",
                    "OSB_HOME": str(self.folder),
                    "OSB_RESET": "1" if self.starts > 1 else "",
                },
                stdout=log,
                stderr=log,
            )

    def ask(self, method, path, body=None, session=None):
        """The answer; waits for a box that is still starting."""
        head = {"Authorization": f"Bearer {session}"} if session else {}
        for _ in range(200):
            if self.process.poll() == 3:
                self.start()
            try:
                with httpx.Client(trust_env=False, timeout=20) as client:
                    url = f"http://127.0.0.1:{self.settings['web']['port']}{path}"
                    return client.request(method, url, json=body, headers=head)
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "box.log").read_text())


@pytest.fixture
def flashed(tmp_path):
    settings = first("linux", boards.load("linux"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings["web"] |= {"host": "127.0.0.1", "port": free.getsockname()[1]}
    settings["poll_s"] = 1
    (tmp_path / "config.json").write_text(json.dumps(settings))
    box = FlashedBox(tmp_path, settings)
    yield box
    box.process.kill()
    box.process.wait()


def test_from_the_first_start_to_the_first_device(flashed):
    session = flashed.ask("POST", "/api/login", {"code": flashed.settings["web"]["token"]}).json()["session"]
    assert flashed.ask("GET", "/api/setup").status_code == 401
    state = flashed.ask("GET", "/api/setup", session=session).json()
    assert (state["configured"], state["devices"], state["buses"]) == (False, [], [])
    assert len(state["profiles"]) > 30
    for _ in range(3):  # again and again, as a page does
        assert flashed.ask("GET", "/api/setup", session=session).json()["profiles"] == state["profiles"]

    wrong = flashed.ask("POST", "/api/setup", {"settings": {"poll_s": 0}}, session)
    assert (wrong.status_code, wrong.json()) == (400, {"error": "poll_s 0 is outside 1..900."})

    buses = [{"name": "rs485", "type": "rtu", "port": "/dev/nosuch", "baud": 9600}]
    devices = [{"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": 1}]
    taken = flashed.ask("POST", "/api/setup", {"settings": {"buses": buses, "devices": devices}}, session)
    assert (taken.status_code, taken.json()) == (200, {"ok": True})
    assert flashed.process.wait(20) == 3
    state = flashed.ask("GET", "/api/setup", session=session).json()  # the session outlives the restart
    assert (state["configured"], state["buses"], state["devices"]) == (True, buses, devices)
    for _ in range(100):
        if not (flashed.folder / "config.try").exists():
            break
        time.sleep(0.1)
    assert not (flashed.folder / "config.try").exists()  # a meter that does not answer is no reason to go back
    flashed.ask("POST", "/api/setup", {"self_test": True}, session)
    told = flashed.ask("GET", "/api/setup", session=session).json()["self_test"]
    assert told[0] == {"what": "bus", "ok": False, "says": "rs485: 0 of 1 devices answer"}
    assert "the serial line cannot be used" in told[1]["says"]
    assert flashed.ask("GET", "/api/status", session=session).json()["errors"] == {"tasks": {}, "stages": {}}
