"""An EV charger that follows a maximum current, and falls back to its own when the box is not heard for some time."""

from osb_box.devices.registers import raw


class Charger:
    """Targets: `current` [mA], and `validity` [s], where the charger tells how much longer it will hold the current."""

    def __init__(self, device):
        self.device = device
        self._refresh_at = None

    async def apply(self, current_ma, now):
        if current_ma != 0 and not 6000 <= current_ma <= 32000:
            raise ValueError("a car charges with 0 or 6000..32000 mA, not %d" % current_ma)
        device = self.device
        again = self._refresh_at is not None and now + device.poll_s > self._refresh_at
        if not await device.set("current", current_ma, again):
            return
        place = device.profile.targets.get("validity")
        if place is None:
            return
        self._refresh_at = now  # until the charger has said how long: with the next poll
        validity = raw(place.type, await device.read(place.fc, place.addr, 2), 0)
        self._refresh_at = now + validity // 2
        if validity < 2 * device.poll_s:
            device.error = "the charger holds a current for %d s only: raise its validity time to %d s" % (
                validity,
                4 * device.poll_s,
            )
