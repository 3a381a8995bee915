"""What the home used, and what that cost and saved, from the history on flash. For one request."""

from micropython import const

from osb_box.clock import civil_from_days, days_from_civil
from osb_box.web.api import Refused

_SLOTS_SPAN_S = const(8 * 86400)
_NOON_S = const(43200)  # when the sun of a closed day is worth what it is
_IMPORT = const(0)
_EXPORT = const(1)
_PV = const(2)
_BATTERY_IN = const(3)
_BATTERY_OUT = const(4)
_COST = const(8)
_SPARED = const(9)  # Wh of own sun used at home, each times what it is dearer to buy than to sell then [EUR/MWh]
_MODULES = ("osb_box.history.files", "osb_box.history.days")


async def history(request, box, now):
    """GET /api/history?from=&to=&step=slot|day: from history/read.py, a piece at a time."""
    log = _log(box)
    asked = {"step": "slot", "from": str(now - 86400), "to": str(now + 900)}
    for part in request.query.split("&"):
        key, _, value = part.partition("=")
        if key and key not in asked:
            raise ValueError("%s: must be one of from, to, step" % key)
        asked[key] = value
    try:
        since, until = int(asked["from"]), int(asked["to"])
    except ValueError:
        raise ValueError("from, to: must be Unix seconds") from None
    days = await request.load(*_MODULES)
    read = await request.load("osb_box.history.read")
    if asked["step"] == "day":
        pieces = read.by_day(log, days.day_of(since, log.zone), days.day_of(until - 1, log.zone) + 1)
    elif asked["step"] != "slot":
        raise ValueError("step: must be slot or day")
    elif until - since > _SLOTS_SPAN_S:
        raise ValueError("to: must lie within 8 days after from, or step must be day")
    else:
        pieces = read.slots(log, since, until)
    text = await request.load("osb_box.pieces")
    return "application/json", text.Text(pieces), "", 200


async def savings(request, box, now):
    """GET /api/savings: sums of the running day, week, month and year."""
    log = _log(box)
    days = await request.load(*_MODULES)
    from osb_box.history import files

    today = days.day_of(now, log.zone)
    year, month, _ = civil_from_days(today)
    spans = {
        "today": today,
        "week": today - (today + 3) % 7,  # 1970-01-01 was a Thursday
        "month": days_from_civil(year, month, 1),
        "year": days_from_civil(year, 1, 1),
    }
    sums = {name: [None] * 10 for name in spans}
    tariff = log.box.home.get("tariff")
    prices = None  # of the hub's the past ones are not kept
    if tariff and not log.box.outlook.prices:
        prices = await request.load("osb_box.ahead.tariff")

    def add(day, values, unknown, t):
        own = _own(values, unknown) if prices else None
        if own:
            buy, sell = prices.at(log.box, t)
            own *= buy - sell
        for name in spans:
            if spans[name] <= day:
                _add(sums[name], values, unknown)
                if own is not None:
                    sums[name][_SPARED] = own + (sums[name][_SPARED] or 0)

    # a day is closed once its last rows are on flash: until then they tell of it
    open_day, oldest = max(log.closed + 1, today - 1), min(spans.values())
    for begin in files.names(log.folder, ".day"):
        for day, values in files.days(log.folder, begin):
            if oldest <= day < open_day:
                add(day, values, files.DAY_UNKNOWN, days.begin_of(day, log.zone) + _NOON_S)
            await days.breathe()
    t0 = days.begin_of(open_day, log.zone)
    found = files.names(log.folder, ".slt")
    for k, begin in enumerate(found):
        if not (k + 1 < len(found) and found[k + 1] <= t0):
            for start, each, rows in files.batches(log.folder, begin):
                await _rows(add, log, start, each, rows, t0, days)
    if log.rows:
        await _rows(add, log, log.end - len(log.rows) // 20 * 900, 900, log.rows, t0, days)
    told = {name: _told(sums[name]) for name in sums}
    told["peak_eur_kw_year"] = tariff and tariff.get("peak_eur_kw_year")
    return told


def _log(box):
    if box.cycle.history is None:
        raise Refused(404, "This box keeps no history.")
    return box.cycle.history


async def _rows(add, log, start, each, rows, t0, days):
    from osb_box.history import files

    await days.breathe()
    if start + each * (len(rows) // 20) <= t0:
        return
    for row in files.unpack(rows):
        if start >= t0:
            add(days.day_of(start, log.zone), row, files.UNKNOWN, start)
        start += each


def _own(values, unknown):
    """Wh of the roof that were used at home; None where that is not known."""
    pv, sold = values[_PV], values[_EXPORT]
    return None if pv == unknown[_PV] or sold == unknown[_EXPORT] else max(0, pv - sold)


def _add(total, values, unknown):
    for i in range(9):
        if values[i] != unknown[i]:
            total[i] = values[i] + (total[i] or 0)


def _told(total):
    """Sums for people: energies [Wh], shares [pm], money [ct]; null where it is not known."""
    pv, bought, sold = total[_PV], total[_IMPORT], total[_EXPORT]
    out = {
        "import_wh": bought,
        "export_wh": sold,
        "pv_wh": pv,
        "used_wh": None,
        "self_used_pm": None,  # of what the roof gave, used at home
        "self_made_pm": None,  # of what was used, made at home
        "cost_ct": None if total[_COST] is None else total[_COST] // 100,
        # what the own sun used at home spared, beside selling it
        "sun_ct": None if total[_SPARED] is None else total[_SPARED] // 10000,
    }
    if bought is not None:
        used = bought - (sold or 0) + (pv or 0) + (total[_BATTERY_OUT] or 0) - (total[_BATTERY_IN] or 0)
        out["used_wh"] = max(0, used)
        if used > 0 and pv is not None:
            out["self_made_pm"] = max(0, 1000 - bought * 1000 // used)
    if pv and sold is not None:
        own = max(0, pv - sold)
        out["self_used_pm"] = own * 1000 // pv
    return out
