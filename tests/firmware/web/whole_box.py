"""A whole box on the real VM, without devices and without a hub."""

import json
import os
import socket
import subprocess
import time

from osb_hil.firmware import build, load, micropython

TOKEN = "letmein"


def config(port):
    return {
        "box_id": "box-01",
        "board": "linux",
        "zone": {"utc_offset_s": 3600, "dst": "eu"},
        "poll_s": 1,
        "journal_flush_s": 0,
        "outbox_max_bytes": 65536,
        "hub": None,
        "web": {"host": "127.0.0.1", "port": port, "token": TOKEN},
        "buses": [],
        "devices": [],
        "home": {
            "fuse_w": 9200,
            "export_max_w": 9200,
            "annual_kwh": 3500,
            "comfort": {
                "min_mc": 19500,
                "max_mc": 22500,
                "night_min_mc": 17500,
                "night": ["23:00", "06:00"],
                "setpoint_mc": 20500,
            },
            "building": {"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350},
            "heat_pump": {
                "power_max_w": 2500,
                "power_min_w": 500,
                "cop_pm": [[-7000, 2500], [2000, 3300], [7000, 3900]],
                "min_run_s": 600,
                "min_pause_s": 600,
            },
        },
    }


class WholeBox:
    """`folder` holds its configuration and what it prints."""

    heap = "180k"  # less than a Pico W has: docs/decisions/0013

    def __init__(self, folder, settings):
        self.port = settings["web"]["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        (folder / "config.json").write_text(json.dumps(settings))

    def start(self):
        firmware = build()
        load(firmware, self._folder)
        with (self._folder / "box.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*micropython(), "-X", f"heapsize={self.heap}", "-m", "main"],
                cwd=firmware,
                env={**os.environ, "MICROPYPATH": f"{os.pathsep}.frozen", "OSB_HOME": str(self._folder)},
                stdout=log,
                stderr=log,
            )

    def wait_for_web(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the box does not listen:\n" + self.log)

    def restart(self):
        self.stop()
        self.start()
        self.wait_for_web()

    def stop(self):
        self.process.kill()
        self.process.wait()

    @property
    def log(self):
        return (self._folder / "box.log").read_text()
