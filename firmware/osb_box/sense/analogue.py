"""Voltages at an analogue input: a transmitter of 0-10 V behind a divider, or a thermistor (NTC) below a resistor."""

import math

from osb_box.bus import BusError
from osb_box.devices.registers import divide
from osb_box.sense.plausible import MC_A_MINUTE, Plausible, median

SUPPLY_MV = 3300
_EDGE_MV = 40  # nearer to a rail than this, a wire is broken or short


def linear(mv, low_mv, low, high_mv, high):
    """The value on the line through (low_mv, low) and (high_mv, high); BusError well outside of it."""
    margin = (high_mv - low_mv) // 20
    if not low_mv - margin <= mv <= high_mv + margin:
        raise BusError("frame", "%d mV at the input are outside %d..%d" % (mv, low_mv, high_mv))
    return low + divide((high - low) * (mv - low_mv), high_mv - low_mv)


def thermistor(mv, ohm_25, beta, ohm_up):
    """m°C of an NTC between input and ground, `ohm_up` between input and 3.3 V.

    1/T = 1/T25 + ln(R/R25)/B, the two-point form of its resistance; single precision gives 0.01 K here.
    """
    if not _EDGE_MV <= mv <= SUPPLY_MV - _EDGE_MV:
        raise BusError("frame", "%d mV at the input: the thermistor's wires are broken or short" % mv)
    ohm = ohm_up * mv / (SUPPLY_MV - mv)
    kelvin = 1 / (1 / 298.15 + math.log(ohm / ohm_25) / beta)
    return round((kelvin - 273.15) * 1000)


class Sensor:
    """`law(mv, *numbers)` is one of the above. Each value is the median of five readings of the input."""

    def __init__(self, pin, law, numbers):
        self._pin = pin
        self._law = law
        self._numbers = numbers
        self._plausible = Plausible(MC_A_MINUTE)

    async def values(self, bus):
        mv = median([self._pin.read_mv() for _ in range(5)])
        believed = self._plausible.take(self._law(mv, *self._numbers), bus.now())
        return {} if believed is None else {"temp": believed}
