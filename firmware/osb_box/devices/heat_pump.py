"""A heat pump with a smart-grid input: free, blocked, or invited to run up to a power."""


class HeatPump:
    """Targets: `mode` (words auto, off, run), `limit` [W] while invited, and `setpoint` [mC] of the room."""

    def __init__(self, device):
        self.device = device

    async def apply(self, command, now):
        mode, power_w, setpoint_mc = command
        if mode == "run":
            await self.device.set("limit", power_w)
        await self.device.set("mode", mode)
        if setpoint_mc is not None and "setpoint" in self.device.profile.targets:
            await self.device.set("setpoint", setpoint_mc)
