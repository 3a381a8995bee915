"""What the coming day brings: weather as the hub told it, base load, sun, hot water. Imported when needed only."""

from array import array

from micropython import const

from osb_wire import SLOT_S

# BDEW standard profile H0, winter weekday at January's dynamic factor: hourly means in per cent of the year's mean
_H0 = bytes(
    (64, 48, 43, 42, 43, 51, 99, 142, 145, 135, 126, 129, 143, 142, 125, 114, 115, 140, 181, 204, 183, 153, 128, 94)
)
# share of a day's hot water drawn in each hour, per cent: a family with showers in the morning
_DRAW = bytes((1, 0, 0, 0, 0, 2, 8, 12, 9, 6, 4, 4, 5, 4, 3, 3, 4, 5, 7, 8, 6, 4, 3, 2))
_YIELD = const(850)  # W of a kWp at 1000 W/m2 horizontal, before the home has shown better
TANK_ROOM_MC = 20000  # what stands around the tank


def usual_load(annual_kwh):
    """Base load of each quarter of the local day [W] by the standard profile."""
    return array("H", [annual_kwh * 10 * _H0[q // 4] // 8760 for q in range(96)])


def usual_sun(peak_w):
    """W per 1000 W/m2 before the home has shown better."""
    return peak_w * _YIELD // 1000


def draw_w(daily_wh, minute):
    """Mean heat drawn from the tank in the hour of this minute of the day [W]."""
    return daily_wh * _DRAW[minute // 60] // 100


def take(model, message):
    """Keep the wire's message "weather"."""
    if model.temp is None:
        model.temp, model.ghi = array("i"), array("H")
    for code, kept, series in (("i", model.temp, message["temp_mc"]), ("H", model.ghi, message["ghi_w_m2"])):
        kept[:] = array(code, [series] * message["slots"] if isinstance(series, int) else series)
    model.start = message["start"]


def radiation(model, t):
    """Horizontal radiation [W/m2]; beyond the weather that of a day before, None without any."""
    if model.ghi is None or t < model.start:
        return None
    k = (t - model.start) // SLOT_S
    while k >= len(model.ghi):
        k -= 96
    return model.ghi[k] if k >= 0 else None
