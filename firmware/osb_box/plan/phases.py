"""What each phase may carry: the fuse in ampere, and how far the phases may lie apart.

Loads are mA on L1, L2, L3, positive into the home, reckoned at 230 V. A device is on one phase, or evenly on all three.
Currents tell no direction: it is that of the phase's power; and of both the larger counts, as a fuse feels reactive
current too.

Where imbalance is limited (VDE-AR-N 4100, 5.5: 4.6 kVA), it is that between the phase that carries most and the one
that carries least, and only a device on a single phase can do something about it.
"""

from micropython import const

from osb_box.plan.car import LEAST_A
from osb_box.plan.limits import draw

_VOLTS = const(230)
_BLIND_MA = const(13043)  # 3000 W: assumed on a phase of which nothing is known
_ORDER = ("ev", "tank", "battery", "heat_pump")  # who gives way first


def hold(box, commands, why, now, points):
    """Change `commands` where a phase would carry too much; words for the household into `why`, as in limits.py."""
    home = box.home
    lines = {}
    for role in _ORDER:
        if role in commands:
            phase = home[role].get("phase")
            lines[role] = (phase - 1,) if phase else (0, 1, 2)
    measured = [_measured(points, phase, now) for phase in ("1", "2", "3")]
    if "fuse_a" in home:
        most = home["fuse_a"] * 1000
        loads = _expected(box, commands, lines, measured, _BLIND_MA)
        for role in _ORDER:
            if role in lines:
                on = lines[role]
                over = max([loads[i] - most for i in on])
                out = max([-most - loads[i] for i in on])
                _give_way(box, commands, why, role, on, loads, over, out, "fuse")
    if "imbalance_max_w" in home:
        apart = home["imbalance_max_w"] * 1000 // _VOLTS
        if None in measured:
            measured = (None, None, None)  # of phases some of which are not known nothing can be compared
        loads = _expected(box, commands, lines, measured, 0)
        for role in _ORDER:
            if len(lines.get(role, ())) == 1:
                at = lines[role][0]
                over = loads[at] - min(loads) - apart
                out = max(loads) - loads[at] - apart
                _give_way(box, commands, why, role, lines[role], loads, over, out, "balance")


def _measured(points, phase, now):
    """Load of a phase as measured, or None."""
    ma = points.value("grid.current_l" + phase, now)
    w = points.value("grid.power_l" + phase, now)
    if w is None:
        return ma
    most = max(abs(w) * 1000 // _VOLTS, abs(ma or 0))
    return most if w >= 0 else -most


def _expected(box, commands, lines, measured, blind_ma):
    """Loads of the phases when the commands are carried out."""
    loads = [blind_ma if ma is None else ma for ma in measured]
    for role, on in lines.items():
        w = draw(box, role, commands[role])
        drawn = box.accounts[role].power()
        for i in on:
            change = w - drawn if measured[i] is not None else max(0, w)
            loads[i] += change * 1000 // (_VOLTS * len(on))
    return loads


def _give_way(box, commands, why, role, on, loads, over, out, word):
    """Let a device draw `over` mA less on its phases, or give out `out` mA less; it can only do one of them."""
    command = commands[role]
    if role == "battery" and out > 0 and command < 0:
        cut = _watts(out, on)
        kept = min(0, command + cut)
    elif over <= 0 or not command:
        return
    elif role == "ev":
        kept = max(0, command - over) // 1000 * 1000
        if kept < LEAST_A * 1000:
            kept = 0
    elif role == "tank":
        kept = 0
    elif role == "battery":
        if command < 0:
            return
        kept = max(0, command - _watts(over, on))
    else:
        w = draw(box, role, command)
        if w <= 0:
            return
        pump = box.accounts[role]
        # a compressor that runs is not stopped for it
        kept = ("run", max(pump.low, w - _watts(over, on)), command[2]) if pump.on else ("off", 0, command[2])
    commands[role] = kept
    less = (draw(box, role, command) - draw(box, role, kept)) * 1000 // (_VOLTS * len(on))
    if less:
        for i in on:
            loads[i] -= less
        why[role] = word


def _watts(ma, on):
    """W of all of a device's phases that make `ma` on each, rounded up."""
    return -(-ma * _VOLTS * len(on) // 1000)
