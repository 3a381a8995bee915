"""How well the box has foreseen, by quarter of the local day: what is published with its offer. Imported when needed.

Each figure is the mean absolute error of the last 32 slots of that quarter, or of all while there are fewer; older ones
fade. Rows of `outlook.errors`: load [W], room and water a slot ahead [Wh], then each device that followed a plan [W].
"""

from micropython import const

from osb_wire import SLOT_S

_MEMORY = const(32)
_FIXED = ("load", "room", "water")


def ended(box, end, minute, wrong, mean):
    """A slot that began at `minute` of the local day has ended: errors by name, and what each device drew [W]."""
    quarter = minute // 360
    for i in range(len(_FIXED)):
        _add(box.outlook, i * 4 + quarter, wrong.get(_FIXED[i]))
    for i in range(len(box.roles)):
        asked = _asked(box, box.roles[i], end - SLOT_S)
        w = mean[box.roles[i]]
        if asked is not None and w is not None:
            _add(box.outlook, (len(_FIXED) + i) * 4 + quarter, w - asked)


def _asked(box, role, start):
    """Mean W that a plan asked of the slot; None where it asked for none. Comfort's departures are errors."""
    if role == "pv":
        return None  # a ceiling
    if role == "battery" and not box.desk.by_hub(role, start):
        own = box.desk.own
        if own is None or own["how"] is None or start < own["start"]:
            return None
        if not own["how"][(start - own["start"]) // SLOT_S] & 4:
            return None  # it was to follow the meter
    return box.desk.asked(role, start)


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
