"""A box on the bench: one process of the real MicroPython VM that runs the compiled firmware with a Pico's heap."""

import asyncio
import json
import os
import resource
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from osb_hil.conductor import Conductor
from osb_hil.firmware import TIERS, load, micropython

HEAP = str(TIERS["core"]["vm_heap_bytes"])
_ANSWER_S = 10.0  # wall time for an answer of the local API
_AGAIN = 5
_UP_S = 5.0  # a process that ends sooner has not come up
_MOST_EARLY_ENDS = 3


class BoxError(RuntimeError):
    """A box did not answer, or nothing that makes sense."""


class RefusedError(BoxError):
    """A box understood what was asked of it and said no."""


class Box:
    """`folder` is its flash: config.json, what the firmware writes, and box.log with all it printed.

    A process that ends by itself was reset by its firmware, and starts again; `conductor` waits for it each time. A
    box that never comes up, or whose interpreter dies, is reported there with the end of its log.
    """

    def __init__(
        self,
        folder: Path,
        config: dict[str, Any],
        firmware: Path,
        conductor: Conductor,
        environment: dict[str, str] | None = None,
        heap: str = HEAP,
    ) -> None:
        self.folder, self.config = folder.resolve(), config
        self._environment, self._heap = environment or {}, heap
        self._firmware, self._conductor = firmware, conductor
        self.id: str = config["box_id"]
        self.starts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._console: asyncio.Task[None] | None = None
        self._wanted = False

    async def start(self) -> None:
        """Write the configuration and switch the power on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "config.json").write_text(json.dumps(self.config, indent=1))
        load(self._firmware, self.folder)
        self._wanted = True
        self._conductor.expect(self.id)
        await self._boot()
        self._keeper = asyncio.create_task(self._keep())

    async def kill(self) -> None:
        """Cut the power (SIGKILL); it stays off until `restart`."""
        self._wanted = False
        self.reset()
        if self._keeper:
            await self._keeper
        self._conductor.dismiss(self.id)

    async def restart(self) -> None:
        """Switch the power off and on."""
        await self.kill()
        await self.start()

    def reset(self) -> None:
        """What the watchdog does: the process is killed and starts again."""
        if self._process and self._process.returncode is None:
            self._process.kill()

    def hang(self) -> None:
        """It stops doing anything, its watchdog included."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGSTOP)

    def fill_flash(self, full: bool) -> None:
        """Let every write to its flash fail for lack of room, until it may write again or is restarted."""
        if self._process and self._process.returncode is None:
            _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (0 if full else hard, hard))

    async def status(self) -> dict[str, Any]:
        """The answer to GET /api/status; like a browser, it asks again where a box is busy or hangs up for memory."""
        for _ in range(_AGAIN):
            try:
                return await self._ask("GET", "/api/status", None)
            except BoxError as error:
                if not any(passing in str(error) for passing in ("without response", ": 503 ")):
                    raise
                await asyncio.sleep(0.2)
        return await self._ask("GET", "/api/status", None)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST to the local API as the household does. RefusedError holds the answer of a box that says no."""
        return await self._ask("POST", path, body)

    async def _boot(self, reset: bool = False) -> None:
        """Start the process; `reset`: the silicon says that it was one, and no loss of power."""
        self.starts += 1
        environment = {
            **os.environ,
            **self._environment,
            "OSB_HOME": str(self.folder),
            "OSB_BENCH": self._conductor.address,
        }
        environment["OSB_RESET"] = "1" if reset else ""
        environment["MICROPYPATH"] = f"{os.pathsep}.frozen"
        self._process = await asyncio.create_subprocess_exec(
            *micropython(),
            "-X",
            f"heapsize={self._heap}",
            *("-m", "main"),  # by name, so that the paths of modules are as short as on a board
            cwd=self._firmware,
            env=environment,
            stdout=asyncio.subprocess.PIPE,  # a console is no file: it takes output also when the flash is full
            stderr=asyncio.subprocess.STDOUT,
            restore_signals=False,  # a write beyond a limit of ours shall fail and not kill (see `fill_flash`)
        )
        assert self._process.stdout is not None
        self._console = asyncio.create_task(self._copy(self._process.stdout))

    async def _copy(self, console: asyncio.StreamReader) -> None:
        """All it prints goes to box.log."""
        while data := await console.read(4096):
            with (self.folder / "box.log").open("ab") as log:
                log.write(data)

    async def _keep(self) -> None:
        """Start the process again whenever it ends while the power is on."""
        loop, early = asyncio.get_running_loop(), 0
        while self._process:
            booted = loop.time()
            status = await self._process.wait()
            if self._console:
                await self._console
            if status < 0 and status != -signal.SIGKILL:  # which nobody here has sent, and no board could live through
                return self._dead(f"the interpreter of {self.id} died of {signal.Signals(-status).name}")
            if not self._wanted:
                return
            early = early + 1 if loop.time() - booted < _UP_S else 0
            if early == _MOST_EARLY_ENDS:
                return self._dead(f"{self.id} does not come up")
            await self._boot(reset=True)

    def _dead(self, what: str) -> None:
        log = (self.folder / "box.log").read_text(errors="replace").strip().splitlines()
        self._conductor.fail(f"{what}; the end of its log: {' | '.join(log[-4:])}")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        web = self.config["web"]
        request = urllib.request.Request(
            f"http://{web['host']}:{web['port']}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {web['token']}", "Content-Type": "application/json"},
            method=method,
        )
        return await asyncio.to_thread(self._fetch, request)

    def _fetch(self, request: urllib.request.Request) -> dict[str, Any]:
        what = f"{self.id} {request.method} {request.selector}"
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_S) as answer:
                parsed: dict[str, Any] = json.loads(answer.read())
                return parsed
        except urllib.error.HTTPError as error:
            raise RefusedError(f"{what}: {error.code} {error.read().decode(errors='replace')}") from error
        except (OSError, ValueError) as error:
            raise BoxError(f"{what}: {error}") from error
