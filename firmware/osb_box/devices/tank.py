"""A hot-water tank's heater behind a relay."""


class Tank:
    """Target: `on`."""

    def __init__(self, device):
        self.device = device

    async def apply(self, command, now):
        await self.device.set("on", command)
