"""Which part serves which profile, and what the configuration must say of it. Needed at the start only."""

_KEYS = ("at", "per_kwh", "hold_s", "mv", "ntc")
_FOR = {  # profile: (keys that must be there, keys that may be)
    "s0_pulse": (("at", "per_kwh"), ()),
    "s0_pulse_pv": (("at", "per_kwh"), ()),
    "ds18b20": ((), ("at",)),
    "sht3x": ((), ("at",)),
    "pir": (("at",), ("hold_s",)),
    "dim_contact": (("at",), ()),
    "analogue": (("at", "mv"), ()),
    "ntc": (("at", "ntc"), ()),
    "board_relay": (("at",), ()),
    "board_sg_ready": (("at",), ()),
}
_HOLD_S = 300


def check(name, entry):
    """ValueError, a sentence, for an entry of the configuration that the profile `name` can do nothing with."""
    if name not in _FOR:
        raise ValueError("it is no part of the board: give it another bus")
    must, may = _FOR[name]
    for key in _KEYS:
        given = entry.get(key) is not None
        if given and key not in must and key not in may:
            raise ValueError("%s means nothing to it" % key)
        if key in must and not given:
            raise ValueError("%s is missing: %s" % (key, _MEANING[key]))
    if name == "ds18b20" and entry.get("at"):
        from osb_box.sense.ds18b20 import address

        address(entry["at"])
    if name == "sht3x" and entry.get("at") not in (None, "0x44", "0x45"):
        raise ValueError("at: must be 0x44 or 0x45")
    if name == "board_sg_ready" and len(entry["at"].split(",")) != 2:
        raise ValueError("at: must name two relays, as in relay1,relay2")
    if name == "analogue" and not entry["mv"][0] < entry["mv"][2]:
        raise ValueError("mv: must be [low mV, value, high mV, value] with rising mV")


_MEANING = {
    "at": "the name of its pin in board.json",
    "per_kwh": "how many pulses the meter gives a kWh",
    "mv": "[low mV, value, high mV, value] of the transmitter at the pin",
    "ntc": "[ohms at 25 degrees, B in kelvin, ohms of the resistor to 3.3 V]",
}


def attach(bus, name, entry):
    """The part of BoardBus `bus` that reads or switches a device of the configuration. ValueError is a sentence."""
    check(name, entry)
    port, at = bus.port, entry.get("at")
    if name in ("s0_pulse", "s0_pulse_pv"):
        from osb_box.sense.counts import Counts
        from osb_box.sense.pulse import Counter, Pulses

        if bus.counts is None:
            bus.counts = Counts(bus.folder)
        pulses = Pulses(entry["per_kwh"], bus.counts.kept.get(at))
        bus.counts.add(at, pulses)
        return bus.watch(Counter(port.pulse_counter(at), pulses))
    if name == "pir":
        from osb_box.sense.motion import Detector

        return bus.watch(Detector(port.pin_in(at, "down"), entry.get("hold_s") or _HOLD_S))
    if name == "dim_contact":
        from osb_box.sense.contact import Contact

        return Contact(port.pin_in(at, "up"))
    if name == "ds18b20":
        from osb_box.sense.ds18b20 import Line, Sensor, address

        if bus.wire is None:
            bus.wire = Line(port.onewire())
        return Sensor(bus.wire, address(at) if at else None)
    if name == "sht3x":
        from osb_box.sense.sht3x import ADDRESSES, Sensor

        return Sensor(port.i2c(), int(at, 16) if at else ADDRESSES[0])
    if name in ("analogue", "ntc"):
        from osb_box.sense import analogue

        law = analogue.linear if name == "analogue" else analogue.thermistor
        return analogue.Sensor(port.analogue(at), law, entry.get("mv") or entry["ntc"])
    from osb_box.sense.relays import Relays

    return Relays([port.pin_out(one.strip()) for one in at.split(",")])
