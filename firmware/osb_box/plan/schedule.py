"""A plan from the hub: what it asks of each actuator in each slot, how long it holds, which parts can be accepted."""

from array import array

from micropython import const

from osb_wire import SLOT_S

_TOLERANCE_W = const(50)  # rounding in the hub's plan is no breach of a device's limit


class Schedule:
    def __init__(self, message):
        self.id = message["id"]
        self.t = message["t"]
        self.reason = message["reason"]
        self.start = message["start"]
        self.end = self.start + SLOT_S * message["slots"]
        self.expires = min(self.end, self.t + message["ttl_s"])
        self._power = {}
        for part in message["actuators"]:
            power = part["power_w"]
            self._power[part["actuator"]] = power if isinstance(power, int) else array("i", power)

    def roles(self):
        return sorted(self._power)

    def drop(self, role):
        """The box does not follow this part; True if it was there."""
        return self._power.pop(role, None) is not None

    def power(self, role, t):
        """Mean W asked of `role` in the slot that holds `t`; None where the plan says nothing."""
        power = self._power.get(role)
        if power is None or not self.start <= t < self.end:
            return None
        return power if isinstance(power, int) else power[(t - self.start) // SLOT_S]

    def extremes(self, role):
        """(lowest, highest) W the plan asks of `role`."""
        power = self._power[role]
        return (power, power) if isinstance(power, int) else (min(power), max(power))

    def refusal(self, role, device, now, overridden, car):
        """(reason, sentence) why this box cannot follow the part for `role`, or None.

        `device` is its {"actuator", "charge_max_w", "discharge_max_w"}, None where the home has no such thing.
        """
        if now >= self.expires:
            return "expired", "the plan ended before it could be followed"
        if device is None:
            return "unknown", "this home has no " + role
        low, high = self.extremes(role)
        if role == "heat_pump" and overridden:
            return "override", "the household has set its own temperature"
        if role == "ev" and high > 0 and car.state == 3:
            return "fault", "the charger reports a fault"
        if role == "ev" and high > 0 and car.state == 0:
            return "limit", "no car is connected"
        if high > device["charge_max_w"] + _TOLERANCE_W:
            return "limit", "%d W is asked, %s takes at most %d W" % (high, role, device["charge_max_w"])
        if low < -device["discharge_max_w"] - _TOLERANCE_W:
            return "limit", "%d W is asked, %s gives at most %d W" % (-low, role, device["discharge_max_w"])
        return None
