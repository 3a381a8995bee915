"""What the coming day brings: weather as the hub told it, base load and sun as this home has shown them."""

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


def draw_w(daily_wh, minute):
    """Mean heat drawn from the tank in the hour of this minute of the day [W]."""
    return daily_wh * _DRAW[minute // 60] // 100


class Weather:
    def __init__(self):
        self._start = 0
        self._temp = self._ghi = None

    def take(self, message):
        """Wire message "weather"."""
        self._start = message["start"]
        slots = message["slots"]
        self._temp = _spread(message["temp_mc"], slots)
        self._ghi = _spread(message["ghi_w_m2"], slots)

    def temp(self, t, otherwise):
        """Outdoor temperature [mC]; beyond the forecast its last value, without a forecast `otherwise`."""
        if self._temp is None:
            return otherwise
        return self._temp[max(0, min(len(self._temp) - 1, (t - self._start) // SLOT_S))]

    def ghi(self, t):
        """Horizontal radiation [W/m2]; beyond the forecast that of a day before, None without any."""
        if self._ghi is None or t < self._start:
            return None
        k = (t - self._start) // SLOT_S
        while k >= len(self._ghi):
            k -= 96
        return self._ghi[k] if k >= 0 else None


class Load:
    """Base load of each quarter of the local day [W]: the standard profile, then more and more this home's own."""

    def __init__(self, annual_kwh):
        self.w = array("H", (annual_kwh * 10 * _H0[q // 4] // 8760 for q in range(96)))

    def at(self, minute):
        return self.w[minute // 15]

    def learn(self, minute, w):
        q = minute // 15
        self.w[q] += (max(0, min(30000, w)) - self.w[q]) // 4


class Sun:
    """PV power from radiation by one learned ratio [W per 1000 W/m2]."""

    def __init__(self, peak_w):
        self._peak = peak_w
        self._first = peak_w * _YIELD // 1000
        self.ratio = self._first

    def at(self, ghi):
        return 0 if ghi is None else min(self._peak, self.ratio * ghi // 1000)

    def learn(self, ghi, w):
        """A low winter sun makes an inclined roof yield several times the horizontal radiation."""
        if ghi is not None and ghi >= 50:
            self.ratio += (w * 1000 // ghi - self.ratio) // 8
            self.ratio = max(self._first // 4, min(self._first * 3, self.ratio))


def _spread(series, slots):
    return array("i", series if isinstance(series, list) else (series for _ in range(slots)))
