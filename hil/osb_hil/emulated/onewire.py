"""A 1-Wire line at a pin of the emulated chip, in emulated time.

Source: Maxim DS18B20 datasheet 19-7487, figures 14 and 16: whoever finds the line low for 480 us answers 15 to 60 us
after it with 60 to 240 us of low; a slave samples 15 to 60 us after the edge, and holds a zero for at least 15.
"""

from rp2040py.gpio_pin import GPIOPinState

from osb_hil.devices.ds18b20 import Ds18b20
from osb_hil.emulated.chip import Chip

_RESET_US = 480 - 2  # the box waits for whole microseconds, and begins between two of them
_WAIT_US, _PRESENT_US = 30, 120
_SAMPLE_US = 30


class OneWireLine:
    """`probes` at `pin`, with the resistor that pulls it up."""

    def __init__(self, chip: Chip, pin: int, probes: list[Ds18b20]) -> None:
        self._chip, self._probes = chip, probes
        self._pin = chip.mcu.gpio[pin]
        self._pin.set_input_value(True)
        self._pin.add_listener(self._edge)
        self._fell_ns: float | None = None
        self._low = False  # the box pulls it down
        self._sample = chip.clock.create_alarm(self._sampled)
        self._present = chip.clock.create_alarm(self._presence)
        self._release = chip.clock.create_alarm(lambda: self._pin.set_input_value(True))

    def _edge(self, now: GPIOPinState, before: GPIOPinState) -> None:
        low, self._low = now == GPIOPinState.LOW, now == GPIOPinState.LOW
        at = self._chip.clock.nanos
        if low and self._fell_ns is None:
            self._fell_ns = at
            if not all(probe.level for probe in self._probes):
                self._pin.set_input_value(False)
            self._sample.schedule(_SAMPLE_US * 1e3)
        elif not low and self._fell_ns is not None:
            if at - self._fell_ns >= _RESET_US * 1e3:
                self._present.schedule(_WAIT_US * 1e3)
            self._fell_ns = None

    def _sampled(self) -> None:
        line = int(not self._low and all(probe.level for probe in self._probes))
        self._pin.set_input_value(True)
        for probe in self._probes:
            probe.slot(line)

    def _presence(self) -> None:
        if any([probe.reset() for probe in self._probes]):
            self._pin.set_input_value(False)
            self._release.schedule(_PRESENT_US * 1e3)
