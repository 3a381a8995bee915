"""A person is obeyed at once, whatever else the box is waiting for."""

import contextlib
import socket
import threading
import time

import field
import httpx
from whole_box import TOKEN, WholeBox, config

from osb_hil.hub_end import free_port

SETPOINT = 5  # of the Daikin HomeHub: holding 6, room set-point [degC]
SLAVE_MS = 10000  # as long as a box may be told to wait


class Silent:
    """Takes questions over TCP and answers none; `asked` counts them."""

    def __init__(self):
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._hear, args=self._listener.accept()[:1], daemon=True).start()

    def _hear(self, connection):
        with contextlib.suppress(OSError), connection:
            while connection.recv(260):
                self.asked += 1

    def close(self):
        self._listener.close()


def test_an_override_does_not_wait_for_a_meter_that_is_silent(tmp_path):
    hub = field.Slave(1, inputs={43: [200], 49: [2012], 50: [0]}, holding={SETPOINT: [20], 55: [0], 56: [0]})
    silent, settings = Silent(), config(free_port())
    with field.tcp_slaves(hub) as bus:
        settings["buses"] = [
            {"name": "pump", **bus},
            {"name": "meter", "type": "tcp", "host": "127.0.0.1", "port": silent.port, "timeout_ms": SLAVE_MS},
        ]
        settings["devices"] = [
            {"role": "heat_pump", "profile": "daikin_homehub", "bus": "pump", "unit": 1},
            {"role": "grid", "profile": "carlo_gavazzi_em24", "bus": "meter", "unit": 1},
        ]
        box = WholeBox(tmp_path, settings)
        box.start()
        try:
            box.wait_for_web()
            until(lambda: silent.asked, box)
            time.sleep(1)  # the heat pump has been read; the sweep waits for the meter
            answer = httpx.post(
                box.url + "/api/override",
                headers={"Authorization": f"Bearer {TOKEN}"},
                json={"target_mc": 22000, "minutes": 60},
                timeout=5,
                trust_env=False,
            )
            assert answer.status_code == 200, answer.text
            until(lambda: hub.holding(SETPOINT) == [22], box)
            assert silent.asked == 1, "the meter's time was over before the heat pump was told"
        finally:
            box.stop()
            silent.close()


def until(true, box):
    for _ in range(400):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(box.log)
