"""How long each task holds the loop: a box whose every step of a task is timed, by code that only the bench adds.

MicroPython's loop calls `send` of what `create_task` was given. Here that is an object that times the coroutine it
stands for, named after the supervised task that it belongs to, in the cycle after the stage of the pass, and of the
link after the TLS handshake until a broker has answered. A collection of garbage that an allocation has set off
(unasked.py) is taken to have been as long as another right after.
"""

import re
from pathlib import Path

from osb_hil.budgets.ticking import CLOCK
from osb_hil.budgets.unasked import COUNTED
from osb_hil.firmware import mpy, spelled

# [us], the board's ticks_us at its end, how much of it was collecting unasked [us], whose
LINE = r"^held (\d+) until (\d+), (\d+) of it collecting: (.+?)\r?$"
BENCH = "the bench itself"  # its own start
_LONG_US = 20_000  # each step of that length is told, and shorter ones that are longer than any of their task before
_HOOK = "from osb_box.app import main\n"
_FILE = "osb_steps"
_PROGRAM = """
import asyncio
import asyncio.core
from osb_box.cycle import Cycle
from osb_box.supervisor import Supervisor
_running = None
_worst = {}
_shakes = ""
class Context:
    def __init__(self, *given):
        self.real = _real(*given)
        self.load_verify_locations = self.real.load_verify_locations
    def wrap_socket(self, *given, **named):
        global _shakes
        _shakes = "TLS handshake"
        _running.turn(_shakes)
        self.real.verify_mode = self.verify_mode
        return self.real.wrap_socket(*given, **named)
def opened(*given):
    global _shakes
    _shakes = ""
    _opened(*given)
try:
    import tls
    from osb_box.link.mqtt import MqttClient
    _real = tls.SSLContext
    _tls = sys.modules["tls"] = _Asked()
    _tls.SSLContext, _tls.PROTOCOL_TLS_CLIENT, _tls.CERT_REQUIRED = Context, tls.PROTOCOL_TLS_CLIENT, tls.CERT_REQUIRED
    _opened, MqttClient.__init__ = MqttClient.__init__, opened
except ImportError:  # a chip without a radio
    pass
class Step:
    def __init__(self, work, name, part=""):
        self.work, self.name, self.part = work, name, part
    def send(self, value):
        self.begin()
        try:
            return self.work.send(value)
        finally:
            self.end()
    def throw(self, *error):
        self.begin()
        try:
            return self.work.throw(*error)
        finally:
            self.end()
    def close(self):
        self.work.close()
    def begin(self):
        global _running
        self.outer, _running = _running, self
        self.longest_us, self.what = -1, ""
        if self.name == "link":
            self.part = _shakes
        count_unasked()
        self.since_us = self.begun_us = now_us()
    def turn(self, part):
        now = now_us()
        if time.ticks_diff(now, self.since_us) > self.longest_us:
            self.longest_us, self.what = time.ticks_diff(now, self.since_us), self.part
        self.since_us, self.part = now, part
    def end(self):
        global _running
        self.turn(self.part)
        held = time.ticks_diff(self.since_us, self.begun_us)
        fell = unasked()
        collecting = fell and fell * timed(gc.collect)
        _running = self.outer
        name = self.name + (": " + self.what if self.what else "")
        if held > LONG or held > _worst.get(name, 0):
            _worst[name] = max(held, _worst.get(name, 0))
            print("held %d until %d, %d of it collecting: %s" % (held, self.since_us, collecting, name))
_create = asyncio.core.create_task
def create_task(work):
    if not isinstance(work, Step):
        if not _running:
            work = Step(work, "box", "start")
        else:
            work = Step(work, "the bench's clock" if _running.name == "box" else _running.name)
    return _create(work)
asyncio.core.create_task = asyncio.create_task = create_task
_kept, _staged, _run = Supervisor._keep, Cycle._stage, Supervisor.run
Supervisor._keep = lambda self, pulse, reset: Step(_kept(self, pulse, reset), pulse.name)
async def stage(self, name, work):
    before = _running.part
    _running.turn(name)
    try:
        await _staged(self, name, work)
    finally:
        _running.turn(before)
Cycle._stage = stage
async def run(self, reset):
    from osb_box.app import first
    if first:  # or what is here would wait in the midst of all the rest (decision 22)
        first[0] += (sys.modules["FILE"],)
    _running.turn("supervisor")
    await _run(self, reset)
Supervisor.run = run
_now_us = now_us()
print("held %d until %d, 0 of it collecting: BENCH" % (time.ticks_diff(_now_us, _loaded_us), _now_us))
"""


def with_steps(firmware: Path) -> dict[str, bytes]:
    """{path: content} of what to put over a built firmware so that it tells how long it was held."""
    code = _PROGRAM.replace("LONG", str(_LONG_US)).replace("BENCH", BENCH).replace("FILE", _FILE)
    return hooked(firmware, _FILE, CLOCK + "_loaded_us = now_us()\n" + COUNTED + code)


def hooked(firmware: Path, name: str, code: str) -> dict[str, bytes]:
    """{path: content} of what to put over a built firmware so that it imports a module of the bench before it starts.

    ValueError: it does not start as it used to.
    """
    main = (firmware / "main.py").read_text()
    if _HOOK not in main:
        raise ValueError(f"{firmware}/main.py does not start the box by `{_HOOK.strip()}`, where steps are to be timed")
    main = main.replace(_HOOK, f"import {name}  # noqa: F401\n        {_HOOK}")
    program = spelled(code, firmware).encode()
    return {"main.py": main.encode(), f"{name}.mpy": mpy(Path(f"{name}.py"), program, [])}


def held(log: str) -> dict[str, int]:
    """{task: longest step [us]} of what a box has printed."""
    found: dict[str, int] = {}
    for us, _, _, task in re.findall(LINE, log, re.MULTILINE):
        if task != BENCH:
            found[task] = max(found.get(task, 0), int(us))
    return found
