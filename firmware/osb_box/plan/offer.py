"""The wire's message "offer": what this home can do in the coming day, comfort folded into the bands of its stores.

Imported when needed only.
"""

from array import array

from micropython import const

from osb_box.clock import slot_start
from osb_box.comfort.band import day_minute
from osb_box.plan.forecast import radiation
from osb_box.plan.heat import SLOTS, holding_w, room_store, series, store, tank_store
from osb_wire import SLOT_S

_REST = const(8)  # slots between two rests
_AS_NOW_SLOTS = const(2)
_HYGIENE_MC = const(62000)
_CAR_PRICE = const(1000)
_FUSE_PM = const(900)  # the rest is for a load that no profile foresees
_WEAR_PRICE = const(20)
_END_VALUE = const(100)


def pieces(box, now, points, offer_id):
    """A generator that rests at each `yield` and comes to the message, or to None while nothing is measured."""
    home, model, car = box.home, box.model, box.ev
    start = slot_start(now)
    # of the local day, worked out once for all series
    minutes = array("H", [0] * (SLOTS + 1))
    for k in range(SLOTS + 1):
        minutes[k] = day_minute(start + k * SLOT_S, box.zone)
        if k % _REST == 0:
            yield 0
    room, water = points.value("room.temp", now), points.value("tank.temp", now)
    soc = points.value("battery.soc", now)
    stores = []
    overridden = model.room is not None and box.band.overridden(now)
    if model.room and room is not None and not overridden:
        yield 0
        outdoor, rise = model.outdoor(now, points), model.rise(now, points)
        stores.append((yield from room_store(box, start, minutes, room, outdoor, rise)))
    hygiene = model.tank is not None and box.accounts["tank"].hygiene
    if model.tank and water is not None and not hygiene:
        yield 0
        stores.append((yield from tank_store(minutes, home["tank"], model.tank, water)))
    if car and car.state is not None:
        stores.append(_car(start, car))
    if "battery" in home and soc is not None:
        stores.append(_battery(home["battery"], soc))
    if not stores and points.value("grid.power", now) is None:
        return None
    yield 0
    load_w, pv_w = [0] * SLOTS, [0] * SLOTS
    for k in range(SLOTS):
        load_w[k] = model.load_w[minutes[k] // 15]
        ghi = radiation(model, start + k * SLOT_S)
        if model.sun and ghi:
            pv_w[k] = min(home["pv"]["peak_w"], model.sun * ghi // 1000)
        if k % _REST == 0:
            yield 0
    if overridden:
        yield from _add_own_heating(
            box, start, points.value("heat_pump.power", now), model.outdoor(now, points), load_w
        )
    if hygiene and water is not None:
        _add_hygiene(home["tank"], model.tank, water, load_w)
    return {
        "id": offer_id,
        "t": now,
        "start": start,
        "slots": SLOTS,
        "load_w": series(load_w),
        "pv_w": series(pv_w),
        "import_max_w": home["fuse_w"] * _FUSE_PM // 1000,
        "export_max_w": home["export_max_w"],
        "stores": stores,
    }


def _add_own_heating(box, start, power_w, outdoor_mc, load_w):
    """While the household has set its own temperature the heating is no store but load: as now, then what holds it."""
    most_w = box.home["heat_pump"]["power_max_w"]
    for k in range(SLOTS):
        t = start + k * SLOT_S
        w = max(0, min(most_w, holding_w(box, box.band.target(t), box.model.forecast(t, outdoor_mc))))
        load_w[k] += power_w if power_w is not None and k < _AS_NOW_SLOTS else w
        if k % _REST == 0:
            yield 0


def _add_hygiene(tank, heat, temp_mc, load_w):
    """While the water is heated through the tank is no store but load, until it is hot; then what it gives."""
    missing_wh = heat.fill(_HYGIENE_MC) - heat.fill(temp_mc) + tank["power_w"] // 4
    for k in range(SLOTS):
        w = max(tank["daily_use_wh"] // 24, min(tank["power_w"], missing_wh * 3600 // SLOT_S))
        load_w[k] += w
        missing_wh -= w * SLOT_S // 3600


def _car(start, car):
    """Charged in this session. Nothing is offered while the car is away, nor after it will have left."""
    charge = low = 0
    leaves = (car.by - start) // SLOT_S
    if not car.absence() and leaves > 0:
        stays = min(leaves, SLOTS)
        charge = series([car.sure_w] * stays + [0] * (SLOTS - stays))
        if leaves <= SLOTS:
            low = [0] * SLOTS
            low[leaves - 1] = car.need()
    out = store("ev", car.wh, charge, low, car.most())
    out["below_price"] = _CAR_PRICE
    return out


def _battery(battery, soc_pm):
    fill = battery["capacity_wh"] * soc_pm // 1000
    low = min(fill, battery["capacity_wh"] * battery["reserve_pm"] // 1000)
    out = store("battery", fill, battery["charge_max_w"], low, battery["capacity_wh"])
    out["discharge_max_w"] = battery["discharge_max_w"]
    out["eta_in_pm"] = out["eta_out_pm"] = battery["eta_pm"]
    out["wear_price"] = _WEAR_PRICE
    out["end_value"] = _END_VALUE
    return out
