"""The last word on every command: fuse, charger, compressor, frost, battery, and what to do blind.

A fuse of class gG carries 1.25 times its rating for an hour (IEC 60269): load that appears between two polls may be
corrected at the next.
"""

from micropython import const

from osb_box.plan.car import LEAST_A

_BLIND_LOAD_W = const(3000)  # assumed of the rest of the home while the grid meter is silent
_ROOM_S = const(120)  # a battery command must be right for so long: two polls
_QUIET_W = const(300)  # the last minute of a slot may ask for more than matters
RELAY_S = 180  # a relay or a charger that went off stays off for so long
CHARGER_S = 300


class Switch:
    """On or off, and since when."""

    def __init__(self, since=0):
        self.on = False
        self.since = since

    def see(self, on, now):
        if on != self.on:
            self.on = on
            self.since = now


class Limits:
    def __init__(self, home, car):
        self._home = home
        self._car = car
        self.switches = {"tank": Switch(), "ev": Switch()}
        self.switches["heat_pump"] = None
        self.expected = {}  # role -> W that the last commands should draw

    def watch(self, now, measured):
        """Note what runs. `measured` is role -> W or None."""
        pump = self._home.get("heat_pump")
        if pump is None:
            return
        w = measured.get("heat_pump")
        if w is None:
            w = self.expected.get("heat_pump", 0)
        if self.switches["heat_pump"] is None:  # after a restart nobody knows for how long it has been off
            self.switches["heat_pump"] = Switch(now)
        self.switches["heat_pump"].see(w * 2 > max(100, pump["power_min_w"]), now)

    def apply(self, commands, now, measured, last, soc_pm, frost, room_known):
        """Change `commands` where they would do harm; returns role -> (reason as in a refusal or None, plain words)."""
        why = {}
        grid = measured.get("grid")
        if "ev" in commands:
            self._charger(commands, why, now)
        if "tank" in commands and commands["tank"] and self._resting("tank", now, RELAY_S):
            commands["tank"] = 0
            why["tank"] = None, "the relay rests"
        if "battery" in commands:
            self._battery(commands, why, soc_pm, grid)
        if "heat_pump" in commands:
            self._pump(commands, why, now, grid, frost, room_known)
        self._fuse(commands, why, grid, measured, last, frost)
        if "ev" in commands:
            self.switches["ev"].see(commands["ev"] > 0, now)
        if "tank" in commands:
            self.switches["tank"].see(commands["tank"] > 0, now)
        for role in commands:
            self.expected[role] = self.draw(role, commands[role], measured, last)
        return why

    def draw(self, role, command, measured, last):
        """W that a device will draw at this command."""
        w = measured.get(role)
        if role == "heat_pump":
            if command[0] == "auto":
                settled = role in last and last[role][0] == "auto" and measured.get("grid") is not None
                return w if settled and w is not None else self._home[role]["power_max_w"]
            return command[1] if command[0] == "run" else 0
        if role == "tank":
            return command * self._home[role]["power_w"]
        if role == "ev":
            return command * self._car.amp_w // 1000
        if role == "battery":
            return command
        w = w or 0
        return w if command is None else max(w, -command)  # the sun

    def _resting(self, role, now, rest_s):
        switch = self.switches[role]
        return not switch.on and now - switch.since < rest_s

    def _charger(self, commands, why, now):
        ma = min(commands["ev"], self._car.most_a * 1000)
        if ma > 0 and not self._car.present():
            ma = 0
            why["ev"] = "limit", self._car.absence()
        elif ma > 0 and self._resting("ev", now, CHARGER_S):
            ma = 0
            why["ev"] = None, "the charger rests"
        commands["ev"] = ma if ma >= LEAST_A * 1000 else 0

    def _battery(self, commands, why, soc_pm, grid):
        battery = self._home["battery"]
        w = max(-battery["discharge_max_w"], min(battery["charge_max_w"], commands["battery"]))
        if soc_pm is None or grid is None:
            w = 0
            why["battery"] = "fault", "its charge is not known" if soc_pm is None else "the grid meter is silent"
        else:
            cell_w = battery["capacity_wh"] * 3600 // (1000 * _ROOM_S)  # W that move one per mille
            most = max(0, 1000 - soc_pm) * cell_w * 1000 // battery["eta_pm"]
            least = -max(0, soc_pm - battery["reserve_pm"]) * cell_w * battery["eta_pm"] // 1000
            if w > most + _QUIET_W:
                why["battery"] = "limit", "it is full"
            elif w < least - _QUIET_W:
                why["battery"] = "limit", "it is down to its reserve"
            w = max(least, min(most, w))
        commands["battery"] = w

    def _pump(self, commands, why, now, grid, frost, room_known):
        pump = self._home["heat_pump"]
        mode, w, setpoint = commands["heat_pump"]
        if mode == "auto" and not frost:
            return
        if frost:
            why["heat_pump"] = "comfort", "the room is close to frost"
        elif not room_known:
            why["heat_pump"] = "fault", "the room temperature is not known"
        elif grid is None:
            why["heat_pump"] = "fault", "the grid meter is silent"
        if "heat_pump" in why:
            commands["heat_pump"] = ("auto", 0, setpoint)
            return
        switch = self.switches["heat_pump"]
        held = now - switch.since
        if mode == "run" and not switch.on and held < pump["min_pause_s"]:
            mode, w = "off", 0
            why["heat_pump"] = None, "the compressor rests"
        elif mode == "off" and switch.on and held < pump["min_run_s"]:
            mode, w = "run", 0
            why["heat_pump"] = None, "the compressor has only just started"
        if mode == "run":
            w = max(pump["power_min_w"], min(pump["power_max_w"], w))
        commands["heat_pump"] = (mode, w, setpoint)

    def _fuse(self, commands, why, grid, measured, last, frost):
        """Shed until the fuse holds: car, tank, battery charging, heat pump. Then let no more out than is allowed."""
        total = _BLIND_LOAD_W if grid is None else grid
        for role in commands:
            w = self.draw(role, commands[role], measured, last)
            if grid is None:
                total += max(0, w)
            else:
                now_w = measured.get(role)
                total += w - (self.expected.get(role, 0) if now_w is None else now_w)
        over = total - self._home["fuse_w"]
        if over > 0 and commands.get("ev"):
            w = self.draw("ev", commands["ev"], measured, last)
            amps = max(0, w - over) // self._car.amp_w
            commands["ev"] = amps * 1000 if amps >= LEAST_A else 0
            over -= w - self.draw("ev", commands["ev"], measured, last)
            why["ev"] = "limit", "the fuse leaves no more"
        if over > 0 and commands.get("tank"):
            commands["tank"] = 0
            over -= self._home["tank"]["power_w"]
            why["tank"] = "limit", "the fuse leaves no more"
        if over > 0 and commands.get("battery", 0) > 0:
            cut = min(over, commands["battery"])
            commands["battery"] -= cut
            over -= cut
            why["battery"] = "limit", "the fuse leaves no more"
        if over > 0 and "heat_pump" in commands:
            self._shed_pump(commands, why, over, measured, last)
        self._export(commands, why, -over - self._home["fuse_w"] - self._home["export_max_w"], measured)

    def _shed_pump(self, commands, why, over, measured, last):
        """Less power, but a compressor that runs is not stopped for it: its least is what a home's fuse must carry."""
        w = self.draw("heat_pump", commands["heat_pump"], measured, last)
        if w > 0:
            least = self._home["heat_pump"]["power_min_w"]
            running = self.switches["heat_pump"].on
            setpoint = commands["heat_pump"][2]
            commands["heat_pump"] = ("run", max(least, w - over), setpoint) if running else ("off", 0, setpoint)
            why["heat_pump"] = "limit", "the fuse leaves no more"

    def _export(self, commands, why, beyond, measured):
        """`beyond` is W more out of the home than allowed: first the battery, then the sun."""
        battery = commands.get("battery", 0)
        if beyond > 0 and battery < 0:
            cut = min(beyond, -battery)
            commands["battery"] += cut
            beyond -= cut
            why["battery"] = "limit", "no more may be fed into the grid"
        if "pv" in commands:
            # what the sun may give does not depend on what it gives now, or the limit would swing
            room = max(0, -(measured.get("pv") or 0) - beyond) // 100 * 100
            if room < self._home["pv"]["peak_w"] and (commands["pv"] is None or room < commands["pv"]):
                commands["pv"] = room
                why["pv"] = "limit", "no more may be fed into the grid"
