"""Runs on MicroPython: outbox and hub session alone. Arguments: folder, broker's port, milliseconds between readings,
and for TLS the authority's certificate and the name that the broker's must have.

Under a bench's clock (OSB_BENCH) there is one reading at each step of 60 s.
"""

import asyncio
import json
import sys

from osb_box import hal, journal
from osb_box.link import session
from osb_box.outbox import Outbox
from osb_box.supervisor import Supervisor

port = hal.port()
session._RESEND_MS = 1000  # a test need not wait as long as a home


class Desk:
    def __init__(self, clock, outbox):
        self.clock = clock
        self.outbox = outbox
        self.controller = self
        self.identity = {"board": "linux", "meters": ["grid"]}

    def actuators(self):
        return []

    async def offer(self, now):
        offer = {
            "id": now // 60,
            "t": now,
            "start": now - now % 900,
            "slots": 4,
            "load_w": 300,
            "pv_w": 0,
            "import_max_w": 9200,
            "export_max_w": 9200,
            "stores": [],
            "load_error_w": None,
        }
        return [json.dumps(offer).encode()]

    async def hear(self, kind, message):
        if kind == "plan":
            return {"t": message["t"], "plan": message["id"], "accepted": [], "refused": []}
        return None


def note(path, state):
    with open(path, "w") as f:
        json.dump(state, f)


async def main(folder, broker_port, period_ms, ca=None, name=None):
    path = folder + "/outbox"
    floor, segments = journal.scan(path)
    clock = await port.clock("box-01", floor)
    outbox = Outbox(path, 65536, 0, journal.begin(path, max(clock.now(), floor + 1)), segments)
    hub = {"host": "127.0.0.1", "port": broker_port, "user": None, "password": None, "ca": ca, "name": name}
    hub.update(keepalive_s=5, retry_s=1, tls_bytes=ca and 21488)
    link = session.Session(hub, "box-01", clock, outbox, Desk(clock, outbox))

    async def record(pulse):
        reading = 0
        while True:
            if port._bench:
                await pulse.sleep_until(clock.now() + 60)
            else:
                await asyncio.sleep_ms(period_ms)
                pulse.beat()
            reading += 1
            outbox.append(clock.now(), [["grid.import", reading, "Wh", "good", 0]])
            link.telemetry_ready()
            state = {"connected": link.connected, "refused": link.refused, "last_refused": link.last_refused}
            state["last_error"] = link.last_error
            state["tls_place"] = len(hub.get("room") or ())
            note(folder + "/link.json", {"link": state, "outbox": {"pending": outbox.pending()}})

    supervisor = Supervisor(clock, port.watchdog())
    supervisor.add("record", record, 60)
    supervisor.add("link", link.run, 60)
    await supervisor.run(hal.reset)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
