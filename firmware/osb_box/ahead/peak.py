"""Holds the mean of the quarter of an hour where the plan wants it: a new peak is paid for all month (Flanders).

What comfort or the household wants goes on: those devices are marked "safety" or "override". limits.py comes after.
"""

from micropython import const

from osb_box.plan.car import LEAST_A
from osb_box.plan.limits import draw
from osb_wire import SLOT_S

_CAUTION_W = const(100)


def hold(box, commands, now, soc_pm):
    """Change `commands` where this slot's mean would otherwise rise above the aim; `soc_pm` of the battery, or None."""
    accounts, aim_w = box.accounts, box.outlook.peak_aim_w - _CAUTION_W
    grid = accounts["grid"]
    if grid.w is None:
        return
    into = now % SLOT_S
    unseen = max(0, into - (now - box.since)) * aim_w  # of the slot, before anybody looked
    over = grid.w - (aim_w * SLOT_S - unseen - grid.energy) // (SLOT_S - into)
    idle = "ev" if box.ev and box.ev.full else None  # draws nothing of what it is offered
    for role in commands:
        if role == idle:
            continue
        over += draw(box, role, commands[role]) - accounts[role].power()
    for role in ("battery", "ev", "tank", "heat_pump"):
        if over <= 0:
            return
        account = accounts.get(role)
        if account is None or role == idle or account.mode in ("safety", "override"):
            continue
        before = draw(box, role, commands[role])
        if role == "battery":
            battery = box.home["battery"]
            left_wh = max(0, (soc_pm or 0) - battery["reserve_pm"]) * battery["capacity_wh"] // 1000
            least = max(account.low, -left_wh * 3600 // (SLOT_S - into))  # until the slot's end, or others give way
            commands[role] = max(min(least, before), before - over)
        elif role == "ev":
            amps = max(0, before - over) // box.ev.amp_w
            commands[role] = amps * 1000 if amps >= LEAST_A else 0
        elif role == "tank":
            commands[role] = 0
        elif account.on and before > account.low:  # a compressor is throttled, not stopped
            commands[role] = ("run", max(account.low, before - over), commands[role][2])
        less = before - draw(box, role, commands[role])
        if less > 0:
            over -= less
            account.words = "peak"
