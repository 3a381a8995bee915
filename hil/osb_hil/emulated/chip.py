"""The emulated chip on this event loop: emulated time goes on millisecond by millisecond, and the bench in between."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rp2040py.boards import BOARDS, resolve_firmware
from rp2040py.device import MicroPythonDevice
from rp2040py.device.base_device import ResetCause
from rp2040py.execute_batch import execute_batch
from rp2040py.external.cyw43 import Cyw43439
from rp2040py.gpio_pin import GPIOPinState
from rp2040py.utils.logging import LogLevel

from osb_hil.emulated.flash import SECTOR, Flash
from osb_hil.emulated.uart import TimedUart

_UARTS = (0x40034, 0x40038)  # where the bus finds them
_BATCH = 64  # instructions between two looks at the alarms that are not due yet
_FIRST_ANALOGUE, _SUPPLY_MV = 26, 3300
_TURNS = 4  # of the event loop a millisecond: as many as an emulated slave needs to make up its answer
PERIPHERAL_HZ = 48e6  # MicroPython runs the UARTs from the USB clock; rp2040py takes the system clock


class Chip:
    """An RP2040 with a UF2 image in its flash. `await start()`, then time runs until `stop()`."""

    def __init__(self, uf2: Path, wifi: bool) -> None:
        spec: Any = BOARDS["pico_w" if wifi else "pico"]
        self.wifi = Cyw43439() if wifi else None
        extras: Any = (lambda: self.wifi,) if wifi else ()
        board = resolve_firmware(replace(spec, extras=extras), "micropython", str(uf2))
        assert board.layout is not None
        self._disk = slice(board.layout.fs_start, board.layout.fs_start + SECTOR * board.layout.fs_blockcount)
        self.device = MicroPythonDevice(board=board, log_level=LogLevel.ERROR)
        self.mcu: Any = self.device.mcu
        self.flash = Flash(self.mcu)
        self.clock: Any = self.mcu.clock
        self.console = bytearray()  # all it has printed
        self.on_console: Callable[[bytes], None] = lambda data: None
        self.uarts = [self._timed(i) for i in range(2)]
        self.mcu.clk_peri = PERIPHERAL_HZ
        self._pause = self.clock.create_alarm(self._millisecond)
        self._hosts_turn: int | None = None  # bytes the guest's OUT endpoint waits for: a real host says NAK
        self._host: Callable[[int, int], None] = self.mcu.usb_ctrl.on_endpoint_read
        self.mcu.usb_ctrl.on_endpoint_read = self._wanted
        self.device.cdc.on_serial_data = self._printed
        self._typed = bytearray()
        self._bitten = False
        self.bites = 0  # of the watchdog
        self._running: asyncio.Task[None] | None = None

    @property
    def disk(self) -> bytes:
        """The file system, block by block, as it is now."""
        return bytes(self.mcu.flash[self._disk])

    @disk.setter
    def disk(self, content: bytes) -> None:
        self.mcu.flash[self._disk] = content

    def level(self, pin: int) -> bool:
        """What a meter shows at the pin: the level it drives, low where it drives none."""
        return bool(self.mcu.gpio[pin].value == GPIOPinState.HIGH)

    def watch(self, pin: int, changed: Callable[[bool], None]) -> None:
        """Call `changed(high)` at each edge of an output."""
        self.mcu.gpio[pin].add_listener(lambda now, before: changed(now == GPIOPinState.HIGH))

    def drive(self, pin: int, high: bool) -> None:
        """Put a level on an input."""
        self.mcu.gpio[pin].set_input_value(high)

    def volts(self, pin: int, millivolts: Callable[[], int]) -> None:
        """Put a voltage on an analogue input (GP26 to GP29): `millivolts()` at each conversion (datasheet, 4.9)."""
        adc, channel = self.mcu.adc, pin - _FIRST_ANALOGUE
        convert = adc.on_adc_read

        def asked(which: int) -> None:
            if which == channel:
                adc.channel_values[channel] = min(millivolts() * 4096 // _SUPPLY_MV, 4095)
            convert(which)

        adc.on_adc_read = asked

    @property
    def us(self) -> int:
        """Emulated time since power-on."""
        return int(self.clock.nanos // 1000)

    @property
    def connected(self) -> bool:
        """Whether the USB console has been enumerated."""
        return bool(self.device.cdc._initialized)

    def power(self) -> None:
        """Switch the power on: all but flash is as new."""
        self.device.hard_reset(cause=ResetCause.POWER_ON)
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Switch the power off."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None
            self._pause.cancel()

    def bite(self) -> None:
        """The watchdog resets the chip: flash stays, all else is gone."""
        self.bites += 1
        self.mcu.watchdog._reason = 1  # its timer ran out
        self.device.hard_reset(cause=ResetCause.WATCHDOG)

    def bite_in_write(self) -> None:
        """The watchdog resets it in the next write to its files, once the flash has been told to program a page."""

        def told(what: str, address: int) -> None:
            if what == "program" and self._disk.start <= address < self._disk.stop:
                self.flash.before = lambda what, address: None
                self._bitten = self.device.simulator.stopped = True

        self.flash.before = told

    def type(self, data: bytes) -> None:
        """Send to the console over USB."""
        self._typed += data
        self._feed()

    async def until(self, done: Callable[[], object], seconds: float, what: str, every_us: int = 0) -> None:
        """Let emulated time pass until `done()`, which is asked `every_us`; TimeoutError: `what` did not come."""
        end = self.us + int(seconds * 1e6)
        next_us = 0
        while self.us < next_us or not done():
            if self.us >= next_us:
                next_us = self.us + every_us
            if self._running and self._running.done():
                self._running.result()
            if self.us > end:
                said = bytes(self.console).decode(errors="replace").split()
                last = " ".join(said[-20:]) or "nothing"
                raise TimeoutError(f"{what} did not come within {seconds:g} emulated seconds; the console said: {last}")
            await asyncio.sleep(0)

    async def _run(self) -> None:
        simulator = self.device.simulator
        simulator.bind_loop()
        self._pause.schedule(1e6)
        while True:
            simulator.stopped = False
            execute_batch(simulator, _BATCH)
            if self._bitten:
                self._bitten = False
                self.bite()
            for _ in range(_TURNS):
                await asyncio.sleep(0)

    def _millisecond(self) -> None:
        self.device.simulator.stopped = True
        self._pause.schedule(1e6)
        self._feed()

    def _timed(self, number: int) -> TimedUart:
        old = self.mcu.uart[number]
        uart = TimedUart(self.mcu, old.name, old.irq, old.dreq)
        self.mcu.uart[number] = self.mcu.peripherals[_UARTS[number]] = uart
        return uart

    def _printed(self, data: bytes | bytearray) -> None:
        self.console += data
        self.on_console(bytes(data))

    def _wanted(self, endpoint: int, size: int) -> None:
        """rp2040py answers an OUT endpoint at once, with nothing if need be, which keeps the guest busy for ever."""
        if endpoint == self.device.cdc._out_endpoint and endpoint >= 0 and not self.device.cdc.tx_fifo.item_count:
            self._hosts_turn = size
        else:
            self._host(endpoint, size)

    def _feed(self) -> None:
        cdc = self.device.cdc
        while self._typed and cdc.tx_fifo.item_count < cdc.tx_fifo.size:
            cdc.send_serial_byte(self._typed.pop(0))
        if self._hosts_turn is not None and cdc.tx_fifo.item_count:
            size, self._hosts_turn = self._hosts_turn, None
            self._host(cdc._out_endpoint, size)
