"""Who gives way to the grid operator's limit: heat pump, tank, car and battery charging are served in this order.

Own production counts: limited is what the devices take from the grid (BNetzA BK6-22-300, annex 1, 4.5). Frost
protection and a compressor's shortest run come first. Imported for each step, and only where there is such a limit.
"""

from micropython import const

from osb_box.plan.car import LEAST_A
from osb_box.plan.dim import of, stow
from osb_box.plan.limits import draw

_WARM_MC = const(500)  # above its target a room's thermostat does not call for heat
_ORDER = ("heat_pump", "tank", "ev", "battery")


def hold(box, commands, why, now, points):
    """Change `commands` so that together they stay within the limit; words for the household into `why`.

    A heat pump that may run although it is told to be off has its power kept for it, and the hub hears of it.
    """
    dim = of(box)
    dim.turn(now, points.value("grid.dim", now))
    most, word = dim.allowed(now)
    pump = box.accounts.get("heat_pump")
    loose = bool(most is not None and box.loose and pump and pump.command and pump.command[0] in ("off", "rest"))
    if loose != dim.loose:
        dim.loose = loose
        dim.news = True
    if dim.news:
        dim.news = False
        box.unsaved = True
        box.to_say.append(("limit_reply", dim.reply(now)))
    stow(box, dim)
    if most is None:
        return
    left = most + _own(box, commands)
    for role in _ORDER:
        if role not in commands:
            continue
        command = commands[role]
        if role == "heat_pump":
            if command[0] == "rest":  # here it has to be sure that it rests
                command = commands[role] = ("off", 0, command[2])
            kept = _pump(box, command, left, now, points.value("room.temp", now))
            w = 0 if kept[0] == "off" else box.accounts[role].high if kept[0] == "auto" else kept[1]
        else:
            kept = _less(box, role, command, left)
            w = draw(box, role, kept)
        # what rests would not be let on either
        if kept != command or (why.get(role) == "rests" and left < box.accounts[role].low):
            commands[role] = kept
            why[role] = word
        if loose and role == "heat_pump" and kept[0] == "off":
            w = pump.high
            why[role] = "loose"
        left = max(0, left - max(0, w))


def _own(box, commands):
    """W that the home makes itself and its other load leaves; 0 where that is not measured."""
    accounts = box.accounts
    rest = accounts["grid"].w
    if rest is None:
        return 0
    own = 0
    for role in commands:
        rest -= accounts[role].power()
        w = accounts[role].w or 0
        if w < 0 and role in ("pv", "battery"):
            command = commands[role]
            own += -w if role == "pv" and command is None else min(-w, max(0, command if role == "pv" else -command))
    return max(0, own - max(0, rest))


def _less(box, role, command, left):
    """The command, or what of it may be drawn."""
    if draw(box, role, command) <= left:
        return command
    if role == "tank":
        return command if box.accounts[role].words == "tank frost" else 0
    if role == "ev":
        amps = left // box.ev.amp_w
        return amps * 1000 if amps >= LEAST_A else 0
    return left  # the battery takes any power


def _pump(box, command, left, now, room_mc):
    """The heat pump's command within `left` W. Frost protection and a compressor's shortest run come first."""
    pump = box.accounts["heat_pump"]
    mode, w, setpoint = command
    if pump.frost or mode == "off" or (mode == "run" and w <= left):
        return command
    warm = room_mc is not None and room_mc > setpoint + _WARM_MC
    if mode == "auto":
        if warm and pump.power() * 2 <= max(100, pump.low):
            return "off", 0, setpoint  # it rests: so it cannot start unseen, and the others may have the power
        if pump.high <= left:
            return command
        w = pump.low if room_mc is None else pump.high
    must = pump.on and pump.since is not None and now - pump.since < pump.hold_on_s
    soon = not pump.on and pump.since is not None and now - pump.since < pump.hold_off_s
    if soon or ((warm or left < pump.low) and not must):
        return "off", 0, setpoint
    return "run", max(pump.low, min(w, left)), setpoint
