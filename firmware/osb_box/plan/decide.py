"""What each device shall do now: follow the plan while that is comfortable, else what the home needs.

Every `<role>` method returns (command, mode, plain words); mode is "plan", "alone", "override" or "safety".
"""

from osb_box.comfort.band import Guard
from osb_box.plan.alone import Alone
from osb_box.plan.car import LEAST_A
from osb_box.plan.follow import Track
from osb_box.plan.limits import CHARGER_S, RELAY_S
from osb_wire import SLOT_S

_NO_PLAN = "no plan from the hub"


class Decide:
    def __init__(self, home, band, model, car, desk, ledger, limits):
        self._home = home
        self._band = band
        self._model = model
        self._car = car
        self._desk = desk
        self._ledger = ledger
        self._limits = limits
        self._alone = Alone(home)
        self._room = Guard(100, 200, 400)
        self._water = Guard(500, 0, 2000)
        self.step_s = 60
        self.tracks = {}
        for role in ("heat_pump", "tank", "ev", "battery"):
            if role in home:
                self.tracks[role] = self._track(role, home[role])

    def _track(self, role, device):
        if role == "heat_pump":
            return Track(device["power_min_w"], device["power_max_w"], device["min_run_s"], device["min_pause_s"])
        if role == "tank":
            return Track(device["power_w"], device["power_w"], RELAY_S, RELAY_S)
        if role == "ev":
            return Track(self._car.amp_w * LEAST_A, self._car.most_w, CHARGER_S, CHARGER_S)
        return Track(-device["discharge_max_w"], device["charge_max_w"], 0, 0)

    def device(self, role, now, points, measured):
        """(command, mode, words) for a role of this home; `measured` is role -> W or None."""
        if role == "heat_pump":
            decided = self._heat_pump(now, points)
        elif role == "tank":
            decided = self._tank(now, points)
        elif role == "ev":
            decided = self._ev(now)
        elif role == "battery":
            decided = self._battery(now, measured)
        else:
            decided = self._pv(now)
        if decided[1] != "plan" and role in self.tracks:
            self.tracks[role].leave()
        return decided

    def _heat_pump(self, now, points):
        thermostat = ("auto", 0, self._band.target(now))
        if self._band.overridden(now):
            return thermostat, "override", self._band.override_words()
        low, high = self._band.at(now, None, self._model.rise(now, points))
        verdict = self._room.look(points.value("room.temp", now), low, high)
        asked = self._desk.asked("heat_pump", now)
        if asked is None:
            return thermostat, "alone", _NO_PLAN
        if verdict < 0:
            return self._comfort("heat_pump", now, thermostat, "the room is too cold")
        if verdict > 0:
            return self._comfort("heat_pump", now, ("off", 0, thermostat[2]), "the room is too warm")
        w = self._pulsed("heat_pump", asked, now)
        return ("run" if w else "off", w, thermostat[2]), "plan", self._desk.plan.reason

    def _tank(self, now, points):
        tank = self._home["tank"]
        temp = points.value("tank.temp", now)
        alone = self._alone.tank(temp)
        verdict = self._water.look(temp, tank["min_mc"], tank["max_mc"])
        asked = self._desk.asked("tank", now)
        if temp is None:
            return 0, "safety", "the water temperature is not known"
        if asked is None:
            return alone, "alone", _NO_PLAN
        if verdict < 0:
            return self._comfort("tank", now, 1, "the water is too cold")
        if verdict > 0:
            return self._comfort("tank", now, 0, "the water is hot enough")
        return int(self._pulsed("tank", asked, now) > 0), "plan", self._desk.plan.reason

    def _ev(self, now):
        car = self._car
        asked = self._desk.asked("ev", now)
        if asked is None and car.present():
            return self._alone.ev(car), "alone", _NO_PLAN
        if not car.ready():
            if asked:
                self._desk.depart("ev", now, "limit", car.absence())
            return 0, "alone", car.absence()
        if car.pressing(now):
            return self._comfort("ev", now, car.most_a * 1000, "the car must charge now to be ready")
        amps = (self._pulsed("ev", asked, now) + car.amp_w // 2) // car.amp_w
        return amps * 1000, "plan", self._desk.plan.reason

    def _battery(self, now, measured):
        asked = self._desk.asked("battery", now)
        if asked is None:
            w = measured["battery"]
            w = self._limits.expected.get("battery", 0) if w is None else w
            return self._alone.battery(w, measured["grid"]), "alone", _NO_PLAN
        energy = self._ledger.energy["battery"]
        track = self.tracks["battery"]
        track.join(now, energy)
        return track.steady(asked, now, energy, self.step_s), "plan", self._desk.plan.reason

    def _pv(self, now):
        asked = self._desk.asked("pv", now)
        return (None, "alone", _NO_PLAN) if asked is None else (max(0, -asked), "plan", self._desk.plan.reason)

    def _pulsed(self, role, asked, now):
        energy = self._ledger.energy[role]
        track = self.tracks[role]
        track.join(now, energy)
        ahead = self._desk.asked(role, now + SLOT_S) or 0
        return track.pulsed(asked, ahead, now, energy, self._limits.switches[role], self.step_s)

    def _comfort(self, role, now, command, words):
        self._desk.depart(role, now, "comfort", words)
        return command, "safety", words
