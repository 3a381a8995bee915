"""The last word on every command: fuse, charger, compressor, frost, battery, the grid operator, and what to do blind.

A fuse of class gG carries 1.25 times its rating for an hour (IEC 60269): load that appears between two polls may be
corrected at the next.
"""

from micropython import const

from osb_box.plan.car import LEAST_A
from osb_wire import SLOT_S

_BLIND_LOAD_W = const(3000)  # assumed of the rest of the home while the grid meter is silent
_ROOM_S = const(120)  # a battery command must be right for so long: two polls
_QUIET_W = const(300)  # the last minute of a slot may ask for more than matters
_FROST_MC = const(7000)
_FROST_OVER_MC = const(8000)


def limit(box, commands, now, points):
    """Change `commands` where they would do harm; returns {role: words} as in household.py."""
    why = {}
    accounts = box.accounts
    grid = accounts["grid"].w
    if "ev" in commands:
        ma = min(commands["ev"], box.ev.most_a * 1000)
        if ma > 0 and not box.ev.present():
            ma = 0
            why["ev"] = box.ev.absence()
        elif ma > 0 and _held_off(accounts["ev"], now):
            ma = 0
            why["ev"] = "rests"
        commands["ev"] = ma if ma >= LEAST_A * 1000 else 0
    if commands.get("tank") and _held_off(accounts["tank"], now):
        commands["tank"] = 0
        why["tank"] = "rests"
    if "battery" in commands:
        _battery(box.home["battery"], accounts["battery"], commands, why, points.value("battery.soc", now), grid)
    if "heat_pump" in commands:
        _pump(accounts["heat_pump"], commands, why, now, grid, points.value("room.temp", now))
    if "fuse_a" in box.home or "imbalance_max_w" in box.home:
        from osb_box.plan.phases import hold  # who asks for no such limit does without it

        hold(box, commands, why, now, points)
    dimmed = box.dim or points.value("grid.dim", now)
    cut = _fuse(box, commands, why, grid, not dimmed)
    if dimmed:
        from osb_box.control import keep_within

        keep_within(box, commands, why, now, points)
    for role in commands:
        if role in ("ev", "tank"):
            accounts[role].turn(commands[role] > 0, now)
        if cut or dimmed:
            accounts[role].expected = draw(box, role, commands[role])
    return why


def draw(box, role, command):
    """W that a device will draw at this command."""
    account = box.accounts[role]
    w = account.w
    if role == "heat_pump":
        if command[0] == "auto":
            settled = account.command and account.command[0] == "auto" and box.accounts["grid"].w is not None
            return w if settled and w is not None else account.high
        return command[1] if command[0] == "run" else 0
    if role == "tank":
        return command * account.high
    if role == "ev":
        return command * box.ev.amp_w // 1000
    if role == "battery":
        return command
    w = w or 0
    return w if command is None else max(w, -command)  # the sun


def _held_off(account, now):
    return not account.on and now - account.since < account.hold_off_s


def _battery(battery, account, commands, why, soc_pm, grid):
    w = max(account.low, min(account.high, commands["battery"]))
    if soc_pm is None or grid is None:
        w = 0
        why["battery"] = "soc" if soc_pm is None else "grid"
    else:
        cell_w = battery["capacity_wh"] * 3600 // (1000 * _ROOM_S)  # W that move one per mille
        most = max(0, 1000 - soc_pm) * cell_w * 1000 // battery["eta_pm"]
        least = -max(0, soc_pm - battery["reserve_pm"]) * cell_w * battery["eta_pm"] // 1000
        if w > most + _QUIET_W:
            why["battery"] = "full"
        elif w < least - _QUIET_W:
            why["battery"] = "reserve"
        w = max(least, min(most, w))
    commands["battery"] = w


def _pump(account, commands, why, now, grid, room_mc):
    mode, w, setpoint = commands["heat_pump"]
    if room_mc is not None:
        account.frost = room_mc < (_FROST_OVER_MC if account.frost else _FROST_MC)
    if mode == "auto" and not account.frost:
        return
    no = "frost" if account.frost else "room" if room_mc is None else "grid" if grid is None else None
    if no:
        mode, w = "auto", 0
    elif mode == "run" and _held_off(account, now) and account.verdict >= 0:  # in the cold it knows best when it can
        mode, w, no = "off", 0, "rests"
    elif mode == "off" and account.on and now - account.since < account.hold_on_s:
        mode, w, no = "auto" if account.deaf else "run", 0, "started"  # whose contacts mean more than "run on"
    if mode == "run":
        w = _as_before(account, max(account.low, min(account.high, w)), now)
    elif mode == "off":
        setpoint = account.hold(room_mc, setpoint)
        mode = "off" if account.on else "rest"
    if no:
        why["heat_pump"] = no
    commands["heat_pump"] = (mode, w, setpoint)


def _as_before(account, w, now):
    """What it was told last, if that is near enough: what is missed is made good, and registers wear out."""
    last = account.command
    near = account.high // (50 if now % SLOT_S < 60 else 10)
    return last[1] if last and last[0] == "run" and abs(w - last[1]) <= near else w


def _fuse(box, commands, why, grid, last):
    """Shed until the fuse holds: car, tank, battery charging, heat pump. Then let no more out than is allowed.

    `last`: nobody changes `commands` any more, so that each is expected to draw what they say; true if this has.
    """
    home = box.home
    total, given = _BLIND_LOAD_W if grid is None else grid, 0
    for role in commands:
        account, w = box.accounts[role], draw(box, role, commands[role])
        if w < 0:
            given -= w
        total += max(0, w) if grid is None else w - account.power()
        if last:
            account.expected = w
    over = total - home["fuse_w"]
    cut = over > 0
    if over > 0 and commands.get("ev"):
        w = draw(box, "ev", commands["ev"])
        amps = max(0, w - over) // box.ev.amp_w
        commands["ev"] = amps * 1000 if amps >= LEAST_A else 0
        over -= w - draw(box, "ev", commands["ev"])
        why["ev"] = "fuse"
    if over > 0 and commands.get("tank"):
        commands["tank"] = 0
        over -= home["tank"]["power_w"]
        why["tank"] = "fuse"
    battery = commands.get("battery", 0)
    if over > 0 and battery > 0:
        less = min(over, battery)
        commands["battery"] -= less
        over -= less
        why["battery"] = "fuse"
    if over > 0 and "heat_pump" in commands:
        w = draw(box, "heat_pump", commands["heat_pump"])
        if w > 0:
            # a compressor that runs is not stopped for it: its least is what a home's fuse must carry
            pump, setpoint = box.accounts["heat_pump"], commands["heat_pump"][2]
            commands["heat_pump"] = ("run", max(pump.low, w - over), setpoint) if pump.on else ("off", 0, setpoint)
            why["heat_pump"] = "fuse"
    # W more out of the home than allowed; who does not see the grid must not count on anybody in the home to use it
    beyond = (given if grid is None else -over - home["fuse_w"]) - home["export_max_w"]
    if grid is not None and commands.get("ev") and box.ev.full:  # it may not draw what it is offered
        beyond += draw(box, "ev", commands["ev"])
    if beyond > 0 and battery < 0:
        less = min(beyond, -battery)
        commands["battery"] += less
        beyond -= less
        why["battery"] = "export"
        cut = True
    if "pv" in commands:
        # what the sun may give does not depend on what it gives now, or the limit would swing
        room = max(0, -(box.accounts["pv"].w or 0) - beyond) // 100 * 100
        if room < home["pv"]["peak_w"] and (commands["pv"] is None or room < commands["pv"]):
            commands["pv"] = room
            why["pv"] = "export"
            cut = True
    return cut
