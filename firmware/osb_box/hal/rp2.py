"""The port for RP2040 and RP2350, as on a Raspberry Pi Pico W and Pico 2 W."""

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

TLS_BYTES = 21488  # side by side: the socket, 304, and two buffers of Mbed TLS, 16,736 for what comes, 4,448 to go


def serial(port, baud, parity="N", plain=False):
    """The UART which the board's list calls `port`."""
    from osb_box.hal.chip_serial import Serial

    return Serial(place(("uarts",), port), baud, parity, plain, timer=-1, hard=True, no_tx=None)


def radio():
    """The CYW43, where the board has one."""
    try:
        import network  # noqa: F401
    except ImportError:  # a Pico without W
        return None
    from osb_box.hal.chip_radio import Radio

    return Radio(rp2=True)


def pulse_counter(name):
    """A state machine of the PIO, which counts whatever the processor does."""
    from osb_box.hal.rp2_counter import Counter

    pulses = [entry["name"] for entry in board()["pulses"]]
    return Counter(pulses.index(name) if name in pulses else 0, place(("pulses",), name)["pin"])


class _Analogue:
    def __init__(self, pin):
        self._adc = machine.ADC(machine.Pin(pin))

    def read_mv(self):
        """Volts at the pin [mV]; the reference is the 3.3 V supply."""
        return self._adc.read_u16() * 3300 >> 16


def analogue(name):
    """An analogue input."""
    return _Analogue(place(("analogue",), name)["pin"])
