"""The history as JSON, a piece at a time: it is never in memory as a whole. An empty piece is a moment for others to
have their turn. Needed at a question.
"""

import json

from osb_box.history import files

_NAMES = (
    '"import_wh","export_wh","pv_wh","battery_in_wh","battery_out_wh","ev_wh","heat_pump_wh","tank_wh","cost_ct100",'
)


def slots(log, since, until):
    """Pieces of {"columns", "rows"} of what is recorded between two times [Unix s]: the start and seconds of each
    row, energies [Wh], cost [1/100 ct], mean room temperature [mC], minutes outside the band; null: not known.
    """
    yield '{"columns":["t","seconds",' + _NAMES + '"room_mc","outside_min"],"rows":['
    comma = ""
    found = files.names(log.folder, ".slt")
    for k, begin in enumerate(found):
        if begin < until and not (k + 1 < len(found) and found[k + 1] <= since):
            for start, each, rows in files.batches(log.folder, begin):
                yield ""
                for piece in _slots(start, each, rows, since, until):
                    yield comma + piece
                    comma = ","
    if log.rows:
        for piece in _slots(log.end - len(log.rows) // 20 * 900, 900, log.rows, since, until):
            yield comma + piece
            comma = ","
    yield "]}"


def _slots(start, each, rows, since, until):
    if start + each * (len(rows) // 20) > since:
        for row in files.unpack(rows):
            if start + each > since and start < until:
                values = [start, each] + _known(row, files.UNKNOWN)
                if values[11] is not None:
                    values[11] = values[11] * 200 + 100
                yield json.dumps(values)
            start += each


def by_day(log, since, until):
    """The same for the days from `since` until before `until`, counted from 1970-01-01: the day, energies and cost,
    minutes outside the band, and the highest import of a slot [Wh].
    """
    yield '{"columns":["day",' + _NAMES + '"outside_min","peak_wh"],"rows":['
    comma = ""
    for begin in files.names(log.folder, ".day"):
        if begin < until:
            for day, values in files.days(log.folder, begin):
                yield ""
                if since <= day < until:
                    yield comma + json.dumps([day] + _known(values, files.DAY_UNKNOWN))
                    comma = ","
    yield "]}"


def _known(values, unknown):
    return [None if value == none else value for value, none in zip(values, unknown)]
