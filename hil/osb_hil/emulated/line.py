"""The field's end of a UART of the emulated chip, with the transceiver that a direction pin switches."""

from collections import deque
from collections.abc import Callable

from osb_hil.emulated.chip import Chip

TURNAROUND_MS = 5.0  # an answer begins so long after the question: t3.5 at 9600 baud is 4


class UartLine:
    """While `direction` (a pin) is high the box talks and hears nothing; while it is low nobody hears the box."""

    port = ""

    def __init__(
        self,
        chip: Chip,
        uart: int,
        received: Callable[[bytes], None],
        direction: int | None = None,
        turnaround_ms: float = TURNAROUND_MS,
    ) -> None:
        self._chip, self._uart, self._direction = chip, chip.uarts[uart], direction
        self._received = received
        self.turnaround_ms = turnaround_ms
        self._waiting: deque[bytes] = deque()
        self._turn = chip.clock.create_alarm(self._answer)
        self.unheard = 0  # characters sent with the transceiver still listening
        self.sent_us: deque[int] = deque(maxlen=10_000)  # when the last bit of each character had left
        self._uart.sent = self._from_box
        self._uart.hears = lambda: not self._talking

    def write(self, data: bytes) -> None:
        """Send to the box, after the time a slave takes."""
        self._waiting.append(data)
        self._turn.schedule(self.turnaround_ms * 1e6)

    def close(self) -> None:
        """Take the line down."""
        self._turn.cancel()
        self._uart.sent = lambda byte: None

    @property
    def _talking(self) -> bool:
        return self._direction is not None and self._chip.level(self._direction)

    def _from_box(self, byte: int) -> None:
        if self._direction is not None and not self._talking:
            self.unheard += 1
            return
        self.sent_us.append(self._chip.us)
        self._received(bytes([byte]))

    def _answer(self) -> None:
        while self._waiting:
            self._uart.receive(self._waiting.popleft())
