"""How well the box has foreseen, by quarter of the local day: what is published with its offer. Imported when needed.

Each figure is the mean absolute error of the last 32 slots of that quarter, or of all while there are fewer; older ones
fade. Rows of `outlook.errors`: load [W], room and water a slot ahead [Wh], then each device that followed a plan [W].
"""

from micropython import const

from osb_box.plan.desk import of
from osb_wire import SLOT_S

_MEMORY = const(32)
_FIXED = ("load", "room", "water")


def ended(box, slot, minute, wrong):
    """A slot as Controller keeps it, which began at `minute` of the local day: errors of forecasts by name."""
    end, mean, plan, own, _ = slot
    quarter, start = minute // 360, end - SLOT_S
    for i in range(len(_FIXED)):
        _add(box.outlook, i * 4 + quarter, wrong.get(_FIXED[i]))
    for i in range(len(box.roles)):
        asked = _asked(plan, own, box.roles[i], start)
        w = mean[box.roles[i]]
        if asked is not None and w is not None:
            _add(box.outlook, (len(_FIXED) + i) * 4 + quarter, w - asked)


def _asked(plan, own, role, start):
    """Mean W that a plan asked of the slot; None where it asked for none. Comfort's departures are errors."""
    if role == "pv":
        return None  # a ceiling
    asked = of(plan, role, start)
    if asked is None:
        asked = of(own, role, start)
        if role == "battery" and asked is not None:
            if own["how"] is None or not own["how"][(start - own["start"]) // SLOT_S] & 4:
                return None  # it was to follow the meter
    return asked


def _add(outlook, i, error):
    if error is not None:
        n = outlook.seen[i] = min(_MEMORY, outlook.seen[i] + 1)
        outlook.errors[i] += (abs(error) * 16 - outlook.errors[i]) // n


def state(box, offer):
    """Put the accuracy into the wire message "offer"."""
    offer["load_error_w"] = _row(box.outlook, 0)
    for store in offer["stores"]:
        role = store["actuator"]
        model = {"heat_pump": 1, "tank": 2}.get(role)
        store["power_error_w"] = _row(box.outlook, len(_FIXED) + box.roles.index(role))
        store["fill_error_wh"] = model and _row(box.outlook, model)


def _row(outlook, row):
    """One value a quarter of the day: a whole row, or None where nothing has been seen in any."""
    first = row * 4
    if not any(outlook.seen[first : first + 4]):
        return None
    return [(outlook.errors[first + i] + 8) // 16 if outlook.seen[first + i] else None for i in range(4)]
