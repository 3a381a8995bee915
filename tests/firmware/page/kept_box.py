"""A box with a heat pump, a hub that is away and a Wi-Fi, switched on again after each restart that it asks for."""

import json
import threading

from whole_box import WholeBox, config

from osb_hil.firmware import TIERS
from osb_hil.hub_end import free_port

RESET = 3


class KeptBox(WholeBox):
    """`folder` is its flash. `starts` counts; call `stop` at the end."""

    heap = str(TIERS["core"]["vm_heap_bytes"])  # that stands for a Pico W: docs/decisions/0013

    def __init__(self, folder):
        settings = config(free_port())
        hub = {"host": "127.0.0.1", "port": 1, "user": "box-01", "password": "hub-secret"}
        settings["hub"] = {**hub, "keepalive_s": 60, "retry_s": 60}
        settings["wifi"] = {"ssid": "at-home", "password": "geheim-1234"}
        super().__init__(folder, settings)
        self.starts, self._wanted = 0, True

    def switch_on(self):
        self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        self.wait_for_web()

    def _start(self):
        self.starts += 1
        self.start()

    def _keep(self):
        while self.process.wait() == RESET and self._wanted:
            self._start()

    @property
    def kept(self):
        """Its settings as they are on its flash."""
        return json.loads((self._folder / "config.json").read_text())

    def stop(self):
        self._wanted = False
        super().stop()
        self._keeper.join(10)
