"""The unix VM as a target: a process of the real MicroPython with a Pico's heap, and pseudo-terminals as its lines."""

import asyncio
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from osb_hil.devices.ds18b20 import Ds18b20
from osb_hil.firmware import micropython
from osb_hil.pins import Pins as Field
from osb_hil.serial_line import Line, OpenLine, PseudoTerminal
from osb_hil.targets import Pins

HEAP = "180k"
_RESET = 3  # exit status that means "start me again"


class UnixTarget:
    """`folder` is its flash; it has a page, and no pins."""

    name = "unix"
    board = "pico_w"
    pins: Pins | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.console = bytearray()
        self._ports: dict[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._on = False
        self._powered_s = 0.0
        self._field: Field | None = None

    def write(self, files: dict[str, bytes]) -> None:
        """Put files on its flash."""
        for path, content in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)

    def files(self) -> dict[str, bytes]:
        """All files on its flash."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}

    def erase(self) -> None:
        """An empty flash."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def line(self, name: str) -> OpenLine:
        """A pseudo-terminal."""

        def opened(received: Callable[[bytes], None]) -> Line:
            terminal = PseudoTerminal(received)
            self._ports[name] = terminal.port
            return terminal

        return opened

    def port(self, name: str) -> str:
        """Its path; the line must have been opened."""
        return self._ports[name]

    async def sensors(self, probes: list[Ds18b20], millivolts: dict[str, int]) -> None:
        """Behind OSB_PINS."""
        self._field = Field()
        self._field.onewire += probes
        self._field.millivolts = millivolts
        await self._field.open()

    async def start(self) -> None:
        """Start main.py, and again whenever it asks for it."""
        self.console.clear()
        self._on = True
        self._powered_s = asyncio.get_running_loop().time()
        await self._boot("", "main.py")
        self._reading = asyncio.create_task(self._keep())

    async def run(self, code: str, seconds: float) -> str:
        """What `code` prints."""
        self.console.clear()
        self._powered_s = asyncio.get_running_loop().time()
        await self._boot("", "-c", code)
        assert self._process is not None
        try:
            async with asyncio.timeout(seconds):
                await self._copy()
        except TimeoutError:
            self._process.kill()
            raise TimeoutError(f"the code did not end within {seconds:g} s") from None
        finally:
            await self._process.wait()
        return self.console.decode()

    async def reset(self) -> None:
        """What the watchdog does: the process is killed and starts again."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Kill it for good."""
        self._on = False
        if self._process and self._process.returncode is None:
            self._process.kill()
        if self._reading:
            await self._reading
            self._reading = None
        if self._field:
            self._field.close()

    def now_s(self) -> float:
        """Wall time since the power came."""
        return asyncio.get_running_loop().time() - self._powered_s

    async def until(self, done: Callable[[], object], seconds: float, what: str) -> None:
        """Wait in wall time."""
        end = self.now_s() + seconds
        while not done():
            if self.now_s() > end:
                said = " ".join(self.console.decode(errors="replace").split()[-20:]) or "nothing"
                raise TimeoutError(f"{what} did not come within {seconds:g} s; the console said: {said}")
            await asyncio.sleep(0.02)

    async def page(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        """GET from this machine, at the address in its configuration."""
        return await asyncio.to_thread(fetch, self.web, path, token)

    web = ("127.0.0.1", 8080)  # where its page is, as the test has configured it

    async def _boot(self, reset: str, *arguments: str) -> None:
        environment = {**os.environ, "OSB_HOME": str(self.folder), "OSB_RESET": reset}
        if self._field:
            environment["OSB_PINS"] = self._field.address
        environment["MICROPYPATH"] = f"{self.folder}{os.pathsep}.frozen"
        self._process = await asyncio.create_subprocess_exec(
            *micropython(),
            "-X",
            f"heapsize={HEAP}",
            *arguments,
            cwd=self.folder,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def _copy(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while data := await self._process.stdout.read(4096):
            self.console += data

    async def _keep(self) -> None:
        while True:
            await self._copy()
            assert self._process is not None
            status = await self._process.wait()
            if not self._on or status not in (_RESET, -9):
                return
            await self._boot("1", "main.py")


def fetch(address: tuple[str, int], path: str, token: str | None, wait_s: float = 20.0) -> tuple[int, bytes]:
    """GET a page at an address: status and body; OSError where nobody answers."""
    request = urllib.request.Request(f"http://{address[0]}:{address[1]}{path}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=wait_s) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
