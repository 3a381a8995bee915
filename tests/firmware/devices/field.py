"""A field to test against: real pymodbus slaves, a serial line, and the field side of a box on the VM."""

import asyncio
import contextlib
import json
import os
import pty
import select
import subprocess
import threading
import tty
from pathlib import Path

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from osb_hil.firmware import micropython

ROOT = Path(__file__).parents[3]
VM_PATH = os.pathsep.join([*(str(ROOT / part) for part in ("firmware", "wire", "tests")), ".frozen"])


class Slave:
    """A Modbus device: {address: words} of its input and holding registers, {address: bits} of its coils.

    `requests` is what it was asked, as (function, address, count); `refuse` the addresses it answers with exception 2,
    `refuse_reads` those of which it refuses to read holding registers, `refuse_writes` those it refuses to write.
    """

    def __init__(self, unit, inputs=None, holding=None, coils=None):
        self.unit = unit
        self.requests = []
        self.refuse = set()
        self.refuse_reads = set()
        self.refuse_writes = set()
        self.words = {"i": {}, "h": {}, "c": {}}
        for space, given in (("i", inputs), ("h", holding), ("c", coils)):
            for address, values in (given or {65000: [0]}).items():
                self.put(space, address, values)

    def put(self, space, address, values):
        self.words[space].update({address + i: value for i, value in enumerate(values)})

    def holding(self, address, count=1):
        return [self.words["h"][address + i] for i in range(count)]

    def device(self):
        def block(space, kind):
            return [SimData(a, values=v, datatype=kind) for a, v in sorted(self.words[space].items())]

        spare = [SimData(65000, values=False, datatype=DataType.BITS)]
        coils = [SimData(a, values=bool(v), datatype=DataType.BITS) for a, v in sorted(self.words["c"].items())]
        blocks = (coils, spare, block("h", DataType.REGISTERS), block("i", DataType.REGISTERS))
        return SimDevice(id=self.unit, simdata=blocks, action=self._asked)

    async def _asked(self, function, start, address, count, registers, values):
        space = {1: "c", 5: "c", 15: "c", 2: "d", 4: "i"}.get(function, "h")
        if values or function not in (5, 6):  # the simulator reads back what these wrote
            self.requests.append((function, address, count))
        if address in self.refuse or (function == 3 and address in self.refuse_reads):
            return ExcCodes.ILLEGAL_ADDRESS
        if values and address in self.refuse_writes:
            return ExcCodes.ILLEGAL_ADDRESS
        if space == "c":  # the simulator keeps one coil in one register
            if values:
                self.put(space, address, [int(v) for v in values])
            return None
        if values:
            self.put(space, address, values)
        for i in range(count):
            registers[address - start + i] = self.words[space].get(address + i, 0)
        return None


@contextlib.contextmanager
def serving(make_server):
    """Run a pymodbus server, made inside its loop, in a thread; yields it once it listens."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    kept = {}

    async def main():
        kept["server"] = server = make_server()
        await server.serve_forever(background=True)
        started.set()
        await server.serving

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield kept["server"]
    finally:
        asyncio.run_coroutine_threadsafe(kept["server"].shutdown(), loop).result(10)
        thread.join(10)
        loop.close()


@contextlib.contextmanager
def tcp_slaves(*slaves):
    """Serve slaves on Modbus TCP; yields the bus's configuration."""
    devices = [slave.device() for slave in slaves]
    with serving(lambda: ModbusTcpServer(devices, address=("127.0.0.1", 0))) as server:
        port = server.transport.sockets[0].getsockname()[1]
        yield {"type": "tcp", "host": "127.0.0.1", "port": port}


class Line:
    """A serial line with the box at one end and slaves at the other.

    `asked` holds the box's frames; those to `dead` units reach nobody; `mangle` may alter answers.
    """

    def __init__(self):
        self.asked = []
        self.dead = set()
        self.mangle = None
        self._ends = [pty.openpty(), pty.openpty()]
        for pair in self._ends:
            tty.setraw(pair[1])
        self.box, self.far = (os.ttyname(pair[1]) for pair in self._ends)
        self._stop = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self):
        (near, _), (far, _) = self._ends
        while True:
            ready, _, _ = select.select([near, far, self._stop[0]], [], [])
            if self._stop[0] in ready:
                return
            if near in ready:
                data = os.read(near, 1024)
                self.asked.append(data)
                if data[0] not in self.dead:
                    os.write(far, data)
            if far in ready:
                data = os.read(far, 1024)
                os.write(near, self.mangle(data) if self.mangle else data)

    def say(self, data):
        """Send to the box as if from the line."""
        os.write(self._ends[0][0], data)

    def asked_of(self, unit):
        return sum(1 for frame in self.asked if frame[0] == unit)

    def close(self):
        os.write(self._stop[1], b"x")
        self._thread.join(10)
        for fd in (*self._ends[0], *self._ends[1], *self._stop):
            os.close(fd)


@contextlib.contextmanager
def line():
    made = Line()
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def rtu_slaves(on, *slaves):
    """Serve slaves at the far end of a line."""
    devices = [slave.device() for slave in slaves]
    with serving(lambda: ModbusSerialServer(devices, port=on.far, baudrate=9600)) as server:
        yield server


class Field:
    """The field side of a box on the MicroPython VM, driven from here."""

    def __init__(self, buses, devices, poll_s=60, heap="180k"):
        self._vm = subprocess.Popen(
            [*micropython(), "-X", f"heapsize={heap}", str(Path(__file__).parent / "remote.py")],
            env={**os.environ, "MICROPYPATH": VM_PATH},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._say({"buses": buses, "devices": devices, "poll_s": poll_s})  # an argument may have 255 bytes only

    def _say(self, message):
        self._vm.stdin.write(json.dumps(message) + "\n")
        self._vm.stdin.flush()

    def ask(self, **command):
        self._say(command)
        answer = self._vm.stdout.readline()
        assert answer.startswith("{"), answer + self._vm.stdout.read()
        return json.loads(answer)

    def sweep(self, now):
        """Poll once; {point: [value, unit, quality, age]}."""
        return {row[0]: row[1:] for row in self.ask(do="sweep", now=now)["rows"]}

    def apply(self, now, urgent=False, **commands):
        """Carry commands to the devices, `urgent` if a person asks for the heat pump's; what is in force by role."""
        return self.ask(do="apply", now=now, commands=commands, urgent=urgent)["written"]

    def errors(self):
        return self.ask(do="errors")["errors"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._vm.stdin.close()
        self._vm.wait(20)
        self._vm.stdout.close()


def writes(slave):
    """What was written to a slave, in order."""
    return [request for request in slave.requests if request[0] in (5, 6, 15, 16)]
