"""The wire's message "offer": what this home can do in the coming day, comfort folded into the bands of its stores.

Imported when needed only.
"""

from array import array

from micropython import const

from osb_box.clock import slot_start
from osb_box.comfort.band import day_minute
from osb_box.plan.forecast import TANK_ROOM_MC, draw_w, radiation
from osb_wire import SLOT_S

_SLOTS = const(96)
_REST = const(8)  # slots between two rests
# The margin inside the band grows over the first slots: a room that has come near its edge is no emergency, and air
# cools by some tenths of a kelvin as soon as the heating stops, which a model of one mass does not see.
_ROOM_MARGIN_MC = const(450)
_ROOM_MARGIN_NOW_MC = const(150)
_ROOM_MARGIN_SLOT_MC = const(60)
_ROOM_TOP_MARGIN_MC = const(400)
_AS_NOW_SLOTS = const(2)
_TANK_RESERVE_WH = const(1200)  # a shower comes at any time
_TANK_AHEAD_SLOTS = const(8)
_TANK_TOP_MARGIN_MC = const(1500)
_HYGIENE_MC = const(62000)
_COMFORT_PRICE = const(2000)  # EUR/MWh of heat outside the band
_CAR_PRICE = const(1000)
# At full power a heat pump needs a third more electricity for the same heat than at the power that holds the room. What
# is offered is a little more than the latter, in the coldest slot ahead; a room below its band gets all there is.
_ECONOMY_PM = const(1500)
_LEAST_OFFERED_PM = const(300)  # of its full power
_FUSE_PM = const(900)  # the rest is for a load that no profile foresees
_WEAR_PRICE = const(20)
_END_VALUE = const(100)


def pieces(box, now, points, offer_id):
    """A generator that rests at each `yield` and comes to the message, or to None while nothing is measured."""
    home, model, car = box.home, box.model, box.ev
    start = slot_start(now)
    # of the local day, worked out once for all series
    minutes = array("H", [0] * (_SLOTS + 1))
    for k in range(_SLOTS + 1):
        minutes[k] = day_minute(start + k * SLOT_S, box.zone)
        if k % _REST == 0:
            yield 0
    room, water = points.value("room.temp", now), points.value("tank.temp", now)
    soc = points.value("battery.soc", now)
    stores = []
    overridden = model.room is not None and box.band.overridden(now)
    if model.room and room is not None and not overridden:
        yield 0
        stores.append(
            (yield from _room(box, start, minutes, room, model.outdoor(now, points), model.rise(now, points)))
        )
    hygiene = model.tank is not None and box.accounts["tank"].hygiene
    if model.tank and water is not None and not hygiene:
        yield 0
        stores.append((yield from _tank(minutes, home["tank"], model.tank, water)))
    if car and car.state is not None:
        stores.append(_car(start, car))
    if "battery" in home and soc is not None:
        stores.append(_battery(home["battery"], soc))
    if not stores and points.value("grid.power", now) is None:
        return None
    yield 0
    load_w, pv_w = [0] * _SLOTS, [0] * _SLOTS
    for k in range(_SLOTS):
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
        "slots": _SLOTS,
        "load_w": _series(load_w),
        "pv_w": _series(pv_w),
        "import_max_w": home["fuse_w"] * _FUSE_PM // 1000,
        "export_max_w": home["export_max_w"],
        "stores": stores,
    }


def _series(values):
    """One integer where all slots are alike: most of a message's bytes."""
    return values[0] if values.count(values[0]) == len(values) else values


def _store(actuator, fill, charge, low, high, usage=0, price=None):
    return {
        "actuator": actuator,
        "fill_wh": fill,
        "retention_ppm": 1000000,
        "eta_in_pm": 1000,
        "eta_out_pm": 1000,
        "charge_max_w": charge,
        "discharge_max_w": 0,
        "usage_w": usage,
        "fill_min_wh": low,
        "fill_max_wh": high,
        "below_price": price,
        "above_price": price,
        "wear_price": 0,
        "end_value": 0,
    }


def _room(box, start, minutes, room_mc, outdoor_mc, rise_mk):
    """The heated room. A slot's bound holds at its beginning and at its end."""
    model, band, heat, gain = box.model, box.band, box.model.room, box.home["building"]["gain_w"]
    eta, usage, lows, highs = [0] * _SLOTS, [0] * _SLOTS, [0] * _SLOTS, [0] * _SLOTS
    low, high = band.at(start, minutes[0], rise_mk)
    pump = box.home["heat_pump"]
    full_w = pump["power_max_w"]
    most_w = max(pump["power_min_w"], full_w * _LEAST_OFFERED_PM // 1000) if room_mc >= low else full_w
    for k in range(_SLOTS):
        t = start + k * SLOT_S
        ambient = model.forecast(t, outdoor_mc)
        eta[k] = model.cop_pm(ambient) * (heat.mean_ppm // 100) // 10000
        usage[k] = heat.usage(ambient, gain + heat.sun_w * ((heat.sun_w and radiation(model, t)) or 0) // 1000)
        low_end, high_end = band.at(t + SLOT_S, minutes[k + 1], rise_mk)
        margin = min(_ROOM_MARGIN_MC, _ROOM_MARGIN_NOW_MC + k * _ROOM_MARGIN_SLOT_MC)
        least = max(low, low_end) + margin
        lows[k] = heat.fill(least)
        highs[k] = heat.fill(max(least, min(high, high_end) - _ROOM_TOP_MARGIN_MC))
        low, high = low_end, high_end
        if k % _REST == 0:
            yield 0
        most_w = max(most_w, min(full_w, _holding_w(box, band.target(t), ambient) * _ECONOMY_PM // 1000))
    if heat.lead_mk_kw:
        # as warm as the air will be once it is heated as the room needs it
        ambient = model.forecast(start, outdoor_mc)
        steady_w = max(0, _holding_w(box, band.target(start), ambient)) * model.cop_pm(ambient) // 1000
        room_mc += heat.lead_mk_kw * steady_w // 1000 - heat.ahead_mk
    out = _store("heat_pump", heat.fill(room_mc), most_w, _series(lows), _series(highs), _series(usage), _COMFORT_PRICE)
    out["retention_ppm"] = heat.retention_ppm
    out["eta_in_pm"] = _series(eta)
    return out


def _holding_w(box, target_mc, ambient_mc):
    """Electric power [W] that holds the room at a temperature; below 0 where sun and people suffice."""
    heat = box.model.room
    leak_wh = heat.fill(target_mc) * (1000000 - heat.retention_ppm) // 1000000
    heat_w = leak_wh * 3600 // SLOT_S - heat.usage(ambient_mc, box.home["building"]["gain_w"])
    return heat_w * 1000 // box.model.cop_pm(ambient_mc)


def _add_own_heating(box, start, power_w, outdoor_mc, load_w):
    """While the household has set its own temperature the heating is no store but load: as now, then what holds it."""
    most_w = box.home["heat_pump"]["power_max_w"]
    for k in range(_SLOTS):
        t = start + k * SLOT_S
        w = max(0, min(most_w, _holding_w(box, box.band.target(t), box.model.forecast(t, outdoor_mc))))
        load_w[k] += power_w if power_w is not None and k < _AS_NOW_SLOTS else w
        if k % _REST == 0:
            yield 0


def _add_hygiene(tank, heat, temp_mc, load_w):
    """While the water is heated through the tank is no store but load, until it is hot; then what it gives."""
    missing_wh = heat.fill(_HYGIENE_MC) - heat.fill(temp_mc) + tank["power_w"] // 4
    for k in range(_SLOTS):
        w = max(tank["daily_use_wh"] // 24, min(tank["power_w"], missing_wh * 3600 // SLOT_S))
        load_w[k] += w
        missing_wh -= w * SLOT_S // 3600


def _tank(minutes, tank, heat, temp_mc):
    """Hot water. Twice what is expected of the next two hours may come on top of it, in a row and unannounced."""
    low, high = heat.fill(tank["min_mc"]), heat.fill(tank["max_mc"] - _TANK_TOP_MARGIN_MC)
    most = max(0, high - low) * 3 // 4
    draws = [draw_w(tank["daily_use_wh"], minute) for minute in minutes]
    draws += draws[1:_TANK_AHEAD_SLOTS]
    usage, lows = [0] * _SLOTS, [0] * _SLOTS
    for k in range(_SLOTS):
        usage[k] = heat.usage(TANK_ROOM_MC, -draws[k])
        ahead_wh = sum(draws[k + 1 : k + 1 + _TANK_AHEAD_SLOTS]) * SLOT_S // 3600
        lows[k] = low + min(most, max(_TANK_RESERVE_WH, 2 * ahead_wh))
        if k % _REST == 0:
            yield 0
    top = max(low, high)
    out = _store("tank", heat.fill(temp_mc), tank["power_w"], _series(lows), top, _series(usage), _COMFORT_PRICE)
    out["retention_ppm"] = heat.retention_ppm
    out["eta_in_pm"] = heat.mean_ppm // 1000
    return out


def _car(start, car):
    """Charged in this session. Nothing is offered while the car is away, nor after it will have left."""
    charge = low = 0
    leaves = (car.by - start) // SLOT_S
    if not car.absence() and leaves > 0:
        stays = min(leaves, _SLOTS)
        charge = _series([car.sure_w] * stays + [0] * (_SLOTS - stays))
        if leaves <= _SLOTS:
            low = [0] * _SLOTS
            low[leaves - 1] = car.need()
    out = _store("ev", car.wh, charge, low, car.most())
    out["below_price"] = _CAR_PRICE
    return out


def _battery(battery, soc_pm):
    fill = battery["capacity_wh"] * soc_pm // 1000
    low = min(fill, battery["capacity_wh"] * battery["reserve_pm"] // 1000)
    out = _store("battery", fill, battery["charge_max_w"], low, battery["capacity_wh"])
    out["discharge_max_w"] = battery["discharge_max_w"]
    out["eta_in_pm"] = out["eta_out_pm"] = battery["eta_pm"]
    out["wear_price"] = _WEAR_PRICE
    out["end_value"] = _END_VALUE
    return out
