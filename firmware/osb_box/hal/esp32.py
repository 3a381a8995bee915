"""The port for the ESP32 family."""

import machine

from osb_box.hal.chip import (  # noqa: F401  what each port offers
    board,
    clock,
    i2c,
    name_servers,
    onewire,
    pin_in,
    pin_out,
    place,
    room_for_streams,
    state_dir,
    watchdog,
)

TLS_BYTES = 0  # ESP-IDF has memory of its own for it
_FILTER_NS = 12000  # the longest the hardware can; contacts that bounce for longer need the capacitor in docs/wiring.md


def serial(port, baud, parity="N", plain=False):
    """The UART which the board's list calls `port`."""
    from osb_box.hal.chip_serial import Serial

    return Serial(
        place(("uarts",), port), baud, parity, plain, timer=0, hard=False, no_tx=-1
    )  # -1: its default for a line that only listens could be a pin of the flash


def radio():
    """The chip's own."""
    from osb_box.hal.chip_radio import Radio

    return Radio(rp2=False)


def pulse_counter(name):
    """A unit of the pulse counter (PCNT); an ESP32-C3 has none, and no place for one."""
    pin = machine.Pin(place(("pulses",), name)["pin"], machine.Pin.IN, machine.Pin.PULL_UP)
    names = [entry["name"] for entry in board()["pulses"]]
    return machine.Counter(names.index(name), pin, filter_ns=_FILTER_NS)


class _Analogue:
    def __init__(self, pin):
        self._adc = machine.ADC(machine.Pin(pin), atten=machine.ADC.ATTN_11DB)

    def read_mv(self):
        """Volts at the pin [mV], by the calibration in the chip."""
        return self._adc.read_uv() // 1000


def analogue(name):
    """An analogue input."""
    return _Analogue(place(("analogue",), name)["pin"])
