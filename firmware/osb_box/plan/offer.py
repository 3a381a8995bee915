"""The wire's message "offer": what this home can do in the coming day, comfort folded into the bands of its stores."""

from array import array

from micropython import const

from osb_box.clock import slot_start
from osb_box.comfort.band import day_minute
from osb_box.plan.forecast import draw_w
from osb_box.plan.model import TANK_ROOM_MC
from osb_wire import SLOT_S

_SLOTS = const(96)
_ROOM_MARGIN_MC = const(300)
_ROOM_TOP_MARGIN_MC = const(400)
_TANK_RESERVE_WH = const(1200)  # a shower comes unannounced
_TANK_TOP_MARGIN_MC = const(1500)
_COMFORT_PRICE = const(2000)  # EUR/MWh of heat outside the band
_CAR_PRICE = const(1000)
_FUSE_PM = const(900)  # the rest is for a load that no profile foresees
_WEAR_PRICE = const(20)
_END_VALUE = const(100)


class Horizon:
    """Start of each slot and its minute of the local day, worked out once for all series."""

    def __init__(self, now, zone):
        self.start = slot_start(now)
        self.minute = array("H", (day_minute(self.start + k * SLOT_S, zone) for k in range(_SLOTS + 1)))

    def time(self, k):
        return self.start + k * SLOT_S


def series(values):
    """One integer where all slots are alike: most of a message's bytes."""
    first = values[0]
    for v in values:
        if v != first:
            return values
    return first


def _store(actuator, fill, charge, discharge, low, high):
    return {
        "actuator": actuator,
        "fill_wh": fill,
        "retention_ppm": 1000000,
        "eta_in_pm": 1000,
        "eta_out_pm": 1000,
        "charge_max_w": charge,
        "discharge_max_w": discharge,
        "usage_w": 0,
        "fill_min_wh": low,
        "fill_max_wh": high,
        "below_price": None,
        "above_price": None,
        "wear_price": 0,
        "end_value": 0,
    }


def build_offer(home, zone, band, model, car, now, points, offer_id):
    """The message, or None while nothing is measured."""
    horizon = Horizon(now, zone)
    room, water = points.value("room.temp", now), points.value("tank.temp", now)
    soc = points.value("battery.soc", now)
    stores = []
    if model.room and room is not None:
        stores.append(room_store(horizon, home, band, model, room, model.outdoor(now, points), model.rise(now, points)))
    if model.tank and water is not None:
        stores.append(tank_store(horizon, home["tank"], model.tank, water))
    if car and car.state is not None:
        stores.append(car_store(horizon, car))
    if "battery" in home and soc is not None:
        stores.append(battery_store(home["battery"], soc))
    if not stores and points.value("grid.power", now) is None:
        return None
    sun, weather = model.sun, model.weather
    load_w, pv_w = [0] * _SLOTS, [0] * _SLOTS
    for k in range(_SLOTS):
        load_w[k] = model.load.at(horizon.minute[k])
        if sun:
            pv_w[k] = sun.at(weather.ghi(horizon.time(k)))
    return {
        "id": offer_id,
        "t": now,
        "start": horizon.start,
        "slots": _SLOTS,
        "load_w": series(load_w),
        "pv_w": series(pv_w),
        "import_max_w": home["fuse_w"] * _FUSE_PM // 1000,
        "export_max_w": home["export_max_w"],
        "stores": stores,
    }


def room_store(horizon, home, band, model, room_mc, outdoor_mc, rise_mk):
    """The heated room. A slot's bound holds at its beginning and at its end."""
    heat, gain = model.room, home["building"]["gain_w"]
    eta, usage, lows, highs = [0] * _SLOTS, [0] * _SLOTS, [0] * _SLOTS, [0] * _SLOTS
    low, high = band.at(horizon.start, horizon.minute[0], rise_mk)
    for k in range(_SLOTS):
        ambient = model.weather.temp(horizon.time(k), outdoor_mc)
        eta[k] = model.cop_pm(ambient) * (heat.mean_ppm // 100) // 10000
        usage[k] = heat.usage(ambient, gain)
        low_end, high_end = band.at(horizon.time(k + 1), horizon.minute[k + 1], rise_mk)
        least = max(low, low_end) + _ROOM_MARGIN_MC
        lows[k] = heat.fill(least)
        highs[k] = heat.fill(max(least, min(high, high_end) - _ROOM_TOP_MARGIN_MC))
        low, high = low_end, high_end
    out = _store("heat_pump", heat.fill(room_mc), home["heat_pump"]["power_max_w"], 0, series(lows), series(highs))
    out["retention_ppm"] = heat.retention_ppm
    out["eta_in_pm"] = series(eta)
    out["usage_w"] = series(usage)
    out["below_price"] = out["above_price"] = _COMFORT_PRICE
    return out


def tank_store(horizon, tank, heat, temp_mc):
    low, high = heat.fill(tank["min_mc"]), heat.fill(tank["max_mc"] - _TANK_TOP_MARGIN_MC)
    low += max(0, min(_TANK_RESERVE_WH, (high - low) // 2))
    out = _store("tank", heat.fill(temp_mc), tank["power_w"], 0, low, max(low, high))
    out["retention_ppm"] = heat.retention_ppm
    out["eta_in_pm"] = heat.mean_ppm // 1000
    usage = [0] * _SLOTS
    for k in range(_SLOTS):
        usage[k] = heat.usage(TANK_ROOM_MC, -draw_w(tank["daily_use_wh"], horizon.minute[k]))
    out["usage_w"] = series(usage)
    out["below_price"] = out["above_price"] = _COMFORT_PRICE
    return out


def car_store(horizon, car):
    """Charged in this session. Nothing is offered while the car is away, nor after it will have left."""
    out = _store("ev", car.wh, 0, 0, 0, car.most())
    leaves = (car.by - horizon.start) // SLOT_S
    if car.ready() and leaves > 0:
        stays = min(leaves, _SLOTS)
        out["charge_max_w"] = series([car.sure_w] * stays + [0] * (_SLOTS - stays))
        if leaves <= _SLOTS:
            out["fill_min_wh"] = [0] * _SLOTS
            out["fill_min_wh"][leaves - 1] = car.need()
    out["below_price"] = _CAR_PRICE
    return out


def battery_store(battery, soc_pm):
    fill = battery["capacity_wh"] * soc_pm // 1000
    low = min(fill, battery["capacity_wh"] * battery["reserve_pm"] // 1000)
    out = _store("battery", fill, battery["charge_max_w"], battery["discharge_max_w"], low, battery["capacity_wh"])
    out["eta_in_pm"] = out["eta_out_pm"] = battery["eta_pm"]
    out["wear_price"] = _WEAR_PRICE
    out["end_value"] = _END_VALUE
    return out
