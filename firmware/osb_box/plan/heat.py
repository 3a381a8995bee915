"""What is heated, as the stores of an offer: the room with its comfort folded into a band, and hot water.

Imported when needed only.
"""

from micropython import const

from osb_box.plan.forecast import TANK_ROOM_MC, draw_w, radiation
from osb_wire import SLOT_S

SLOTS = const(96)
_REST = const(8)  # slots between two rests
# The margin inside the band grows over the first slots: a room that has come near its edge is no emergency, and air
# cools by some tenths of a kelvin as soon as the heating stops, which a model of one mass does not see.
_ROOM_MARGIN_MC = const(450)
_ROOM_MARGIN_NOW_MC = const(150)
_ROOM_MARGIN_SLOT_MC = const(60)
_ROOM_TOP_MARGIN_MC = const(400)
_TANK_RESERVE_WH = const(1200)  # a shower comes at any time
_TANK_AHEAD_SLOTS = const(8)
_TANK_TOP_MARGIN_MC = const(1500)
_COMFORT_PRICE = const(2000)  # EUR/MWh of heat outside the band
# At full power a heat pump needs a third more electricity for the same heat than at the power that holds the room. What
# is offered is a little more than the latter, in the coldest slot ahead; a room below its band gets all there is.
_ECONOMY_PM = const(1500)
_LEAST_OFFERED_PM = const(300)  # of its full power


def series(values):
    """One integer where all slots are alike: most of a message's bytes."""
    return values[0] if values.count(values[0]) == len(values) else values


def store(actuator, fill, charge, low, high, usage=0, price=None):
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


def room_store(box, start, minutes, room_mc, outdoor_mc, rise_mk):
    """The heated room. A slot's bound holds at its beginning and at its end."""
    model, band, heat, gain = box.model, box.band, box.model.room, box.home["building"]["gain_w"]
    eta, usage, lows, highs = [0] * SLOTS, [0] * SLOTS, [0] * SLOTS, [0] * SLOTS
    low, high = band.at(start, minutes[0], rise_mk)
    pump = box.home["heat_pump"]
    full_w = pump["power_max_w"]
    most_w = max(pump["power_min_w"], full_w * _LEAST_OFFERED_PM // 1000) if room_mc >= low else full_w
    for k in range(SLOTS):
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
        most_w = max(most_w, min(full_w, holding_w(box, band.target(t), ambient) * _ECONOMY_PM // 1000))
    if heat.lead_mk_kw:
        # as warm as the air will be once it is heated as the room needs it
        ambient = model.forecast(start, outdoor_mc)
        steady_w = max(0, holding_w(box, band.target(start), ambient)) * model.cop_pm(ambient) // 1000
        room_mc += heat.lead_mk_kw * steady_w // 1000 - heat.ahead_mk
    out = store("heat_pump", heat.fill(room_mc), most_w, series(lows), series(highs), series(usage), _COMFORT_PRICE)
    out["retention_ppm"] = heat.retention_ppm
    out["eta_in_pm"] = series(eta)
    return out


def holding_w(box, target_mc, ambient_mc):
    """Electric power [W] that holds the room at a temperature; below 0 where sun and people suffice."""
    heat = box.model.room
    leak_wh = heat.fill(target_mc) * (1000000 - heat.retention_ppm) // 1000000
    heat_w = leak_wh * 3600 // SLOT_S - heat.usage(ambient_mc, box.home["building"]["gain_w"])
    return heat_w * 1000 // box.model.cop_pm(ambient_mc)


def tank_store(minutes, tank, heat, temp_mc):
    """Hot water. Twice what is expected of the next two hours may come on top of it, in a row and unannounced."""
    low, high = heat.fill(tank["min_mc"]), heat.fill(tank["max_mc"] - _TANK_TOP_MARGIN_MC)
    most = max(0, high - low) * 3 // 4
    draws = [draw_w(tank["daily_use_wh"], minute) for minute in minutes]
    draws += draws[1:_TANK_AHEAD_SLOTS]
    usage, lows = [0] * SLOTS, [0] * SLOTS
    for k in range(SLOTS):
        usage[k] = heat.usage(TANK_ROOM_MC, -draws[k])
        ahead_wh = sum(draws[k + 1 : k + 1 + _TANK_AHEAD_SLOTS]) * SLOT_S // 3600
        lows[k] = low + min(most, max(_TANK_RESERVE_WH, 2 * ahead_wh))
        if k % _REST == 0:
            yield 0
    top = max(low, high)
    out = store("tank", heat.fill(temp_mc), tank["power_w"], series(lows), top, series(usage), _COMFORT_PRICE)
    out["retention_ppm"] = heat.retention_ppm
    out["eta_in_pm"] = heat.mean_ppm // 1000
    return out
