"""Where the same firmware runs and the same tests meet it: a process, an emulated chip, a board on the desk.

A target has a folder of files as its flash, a console, serial lines that lead to emulated devices, and time. What one
does not have (`pins`, a network) is None there, and a test that needs it says so.
"""

from collections.abc import Callable
from typing import Protocol

from osb_hil.devices.ds18b20 import Ds18b20
from osb_hil.serial_line import Line, OpenLine


class MissingTarget(RuntimeError):
    """A target that is not here; the sentence says what would bring it."""


class Pins(Protocol):
    """The outputs of a target, as a meter at the terminals sees them."""

    def level(self, pin: int) -> bool:
        """Whether the pin is high now. A pin that nobody drives is low: relay boards pull it down."""

    def watch(self, pin: int, changed: Callable[[bool], None]) -> None:
        """Call `changed(level)` at each edge from now on."""

    def drive(self, pin: int, high: bool) -> None:
        """Put a level on an input."""


class Target(Protocol):
    """One board, or what stands for it. `start` may be called again after `stop`: its flash is as it was."""

    @property
    def name(self) -> str:
        """As `--target` has it."""

    @property
    def board(self) -> str:
        """The board in `boards/` whose firmware, pins and settings it gets."""

    @property
    def pins(self) -> Pins | None:
        """Its pins, where somebody can look at them."""

    @property
    def console(self) -> bytearray:
        """All it has printed since the power came."""

    def write(self, files: dict[str, bytes]) -> None:
        """Put files (path -> content) on its flash, beside what is there; only while it is off."""

    def files(self) -> dict[str, bytes]:
        """All files on its flash, as they are now."""

    def line(self, name: str) -> OpenLine:
        """Opens the field's end of a serial line: give it to Rs485Line before the start. MissingTarget without one."""

    def port(self, name: str) -> str:
        """What the configuration of the box calls that line."""

    async def sensors(self, probes: list[Ds18b20], millivolts: dict[str, int]) -> None:
        """Wire probes to its 1-Wire line and voltages to its analogue inputs, before the start; both may change.

        MissingTarget where that takes hands.
        """

    async def start(self) -> None:
        """Switch the power on; boot.py and main.py run."""

    async def run(self, code: str, seconds: float) -> str:
        """What `code` prints, run in place of main.py on a board that is off; TimeoutError after its own `seconds`."""

    async def reset(self) -> None:
        """The watchdog's reset: flash stays, all else is gone; main.py runs again."""

    async def stop(self) -> None:
        """Switch the power off, whatever it is doing."""

    def now_s(self) -> float:
        """Its own time since the power came: emulated where the target is, else the bench's."""

    async def until(self, done: Callable[[], object], seconds: float, what: str) -> None:
        """Let its time pass until `done()`; TimeoutError names `what` did not come."""

    async def page(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        """GET a page of the box: status and body. MissingTarget where it has no network."""


__all__ = ["Line", "MissingTarget", "OpenLine", "Pins", "Target"]
