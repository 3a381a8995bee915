"""A UART of a chip as a serial line, polled by asyncio; a transceiver with a direction pin is switched by a timer."""

import asyncio
import gc
import time

import machine
from micropython import const

_CHUNK = const(256)
_TXBUF = const(512)  # a whole Modbus frame: writing never waits
_TIDY_MS = const(15)  # as long as it takes to collect garbage
_LOOKS = const(400)  # a timer counts milliseconds, and the last character may still be on its way


class Serial:
    """`wired` is the entry of board.json: id, pins, `invert_rx`, `rxbuf`. Opens at the first use, as on unix.

    `plain`: what it hears is not inverted, as by a reading head, whatever the entry says of a P1 port in its place.
    `timer` is the number of the timer, `hard` whether it may interrupt even a TLS handshake, `no_tx` what the port
    takes for a line that only listens, None to say nothing.
    """

    _uart = None
    _de = None

    def __init__(self, wired, baud, parity, plain, timer, hard, no_tx):
        self._wired = wired
        self._plain = plain
        self._timer_id = timer
        self._hard = {"hard": True} if hard else {}
        self._no_tx = no_tx
        self._baud = baud
        self._parity = {"N": None, "E": 0, "O": 1}[parity]
        self._bits = 10 if parity == "N" else 11  # of a character

    def _open(self):
        """The open line."""
        if self._uart is None:
            wired = self._wired
            options = {"rx": machine.Pin(wired["rx"]), "rxbuf": wired.get("rxbuf", 512), "txbuf": _TXBUF}
            if wired.get("tx") is not None:
                options["tx"] = machine.Pin(wired["tx"])
            elif self._no_tx is not None:
                options["tx"] = self._no_tx
            if wired.get("invert_rx") and not self._plain:
                options["invert"] = machine.UART.INV_RX
            self._uart = machine.UART(wired["id"], self._baud, bits=8, parity=self._parity, stop=1, **options)
            if wired.get("de") is not None:
                self._de = machine.Pin(wired["de"], machine.Pin.OUT, value=0)
                self._timer = machine.Timer(self._timer_id)
        return self._uart

    def read_ready(self, most=_CHUNK):
        """What has arrived, b"" if nothing; never waits."""
        uart = self._open()
        ready = uart.any()
        return uart.read(min(ready, most)) if ready else b""  # for more than there is, it would wait

    async def read_some(self, most=_CHUNK):
        """Wait for data and return at least one byte of it."""
        while True:
            data = self.read_ready(most)
            if data:
                return data
            await _readable(self._uart)

    def write(self, data):
        """Send all of `data`; the line is ours until the last bit is out, and the others' at once after it."""
        uart = self._open()
        if not self._de:
            uart.write(data)
            return
        self._de.value(1)
        uart.write(data)
        self._timer.init(
            mode=machine.Timer.ONE_SHOT,
            period=max(1, len(data) * self._bits * 1000 // self._baud),
            callback=self._sent,
            **self._hard,
        )

    async def pass_by(self, characters):
        """Let so many pass: to wake for each would cost memory, and to tidy up afterwards the next question's time."""
        ms, since = characters * self._bits * 1000 // self._baud, time.ticks_ms()
        if ms > _TIDY_MS:
            gc.collect()
        await asyncio.sleep_ms(max(0, ms - time.ticks_diff(time.ticks_ms(), since)))

    def _sent(self, _):
        """From the timer: the frame is out, or about to be. Nothing is allocated here: the heap may be locked."""
        for _ in range(_LOOKS):
            if self._uart.txdone():
                break
        self._de.value(0)

    def close(self):
        """Give the line back; the next use opens it again."""
        if self._uart is not None:
            if self._de:
                self._timer.deinit()
                self._de.value(0)
            self._uart.deinit()
            self._uart = self._de = None


def _readable(uart):
    yield asyncio.core._io_queue.queue_read(uart)
