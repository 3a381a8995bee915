"""What the box measures and how it is, in Prometheus' text format 0.0.4 (GET /metrics). Nothing stale is a value."""

import gc

from micropython import const

from osb_box.decimal import decimal

_AT_ONCE = const(8)  # points, some 10 ms of an RP2040
_UNITS = {  # unit of a point -> (end of the metric's name, parts of one in Prometheus' base unit)
    "W": ("watts", 1),
    "Wh": ("watt_hours_total", 1),
    "mC": ("celsius", 1000),
    "mV": ("volts", 1000),
    "mA": ("amperes", 1000),
    "pm": ("ratio", 1000),
    "1": ("state", 1),
}


async def get(request, box, now):
    """GET /metrics."""
    cycle = box.cycle
    points, outbox = cycle.points, cycle.outbox
    gauges = {
        "heap_free_bytes": gc.mem_free(),
        "outbox_pending": outbox.pending(),
        "outbox_dropped": outbox.dropped,
        "hub_connected": 1 if cycle.link and cycle.link.connected else 0,
    }
    pieces = await request.load("osb_box.pieces")
    content = pieces.Text(metrics((points.row(name, now) for name in points.names()), gauges))
    return "text/plain; version=0.0.4; charset=UTF-8", content, "", 200


def metrics(rows, gauges):
    """Pieces of the text; an empty one is a moment for others. A line feed stands before each line, so that a text that
    is cut off lacks the last and is refused; the first line is empty, which means nothing.

    `rows` of points ([name, value, unit, quality, age_s]) and named integers of the box itself.
    """
    families = {}
    ages = []
    for name, value, unit, quality, age_s in rows:
        if len(ages) % _AT_ONCE == 0:
            yield ""
        role, _, what = name.partition(".")
        label = '{role="%s"}' % role
        if "." in what:
            phase, _, what = what.partition(".")
            label = '{role="%s",phase="%s"}' % (role, phase)
        ages.append('\nosb_point_age_seconds{point="%s",quality="%s"} %d' % (name, quality, age_s))
        if quality != "good" or unit not in _UNITS:
            continue
        end, parts = _UNITS[unit]
        family = "osb_%s_%s" % (what, end)
        families[family] = families.get(family, "") + "\n%s%s %s" % (family, label, decimal(value, parts))
    for family in sorted(families):
        kind = "counter" if family.endswith("_total") else "gauge"
        yield "\n# TYPE %s %s%s" % (family, kind, families[family])
    if ages:
        yield "\n# TYPE osb_point_age_seconds gauge"
    for age in ages:
        yield age
    for name in sorted(gauges):
        yield "\n# TYPE osb_%s gauge\nosb_%s %d" % (name, name, gauges[name])
    yield "\n"
