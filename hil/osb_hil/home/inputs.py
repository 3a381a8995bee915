"""What comes into a home from outside over a run: worked out once, read minute by minute by the home and its twin."""

from zoneinfo import ZoneInfo

from osb_hil.home.car import Trip, trips
from osb_hil.home.draw_off import draw_offs_l
from osb_hil.home.occupants import Occupants
from osb_hil.home.pv import available_w
from osb_hil.home.spec import HomeSpec
from osb_hil.load import base_load_w
from osb_hil.weather import Weather


class Inputs:
    """Lists with one value for each minute of [weather.start, weather.end), the car's trips, and the occupants."""

    def __init__(self, spec: HomeSpec, weather: Weather, zone: ZoneInfo) -> None:
        start, end = weather.start, weather.end
        self.start, self.end = start, end
        self.outdoor_c: list[float] = weather.temp_c.tolist()
        self.ghi_w_m2: list[float] = weather.ghi_w_m2.tolist()
        self.base_w = base_load_w(spec.annual_kwh, spec.seed, start, end, zone)
        self.pv_w = available_w(spec.pv, weather) if spec.pv else []
        self.draw_l = draw_offs_l(spec.tank, spec.seed, start, end, zone) if spec.tank else []
        self.trips: list[Trip] = trips(spec.ev, spec.seed, start, end, zone) if spec.ev else []
        self.occupants = Occupants(spec.comfort, start, end, zone)
