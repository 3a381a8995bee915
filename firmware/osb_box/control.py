"""The box's control: measurements, plans and wishes in; commands, offers and replies out. No I/O; time is passed in."""

from micropython import const

from osb_box.comfort.band import Band
from osb_box.plan.car import Car
from osb_box.plan.decide import Decide
from osb_box.plan.desk import Desk
from osb_box.plan.ledger import Ledger
from osb_box.plan.limits import Limits
from osb_box.plan.model import HomeModel
from osb_box.plan.offer import build_offer
from osb_wire import SLOT_S
from osb_wire.terms import ACTUATORS

_GAP_S = const(900)  # after such a pause the slot's accounts begin anew
_EVENTS = const(8)


class Controller:
    def __init__(self, home, zone):
        """`home` and `zone` as the checked configuration has them."""
        self._home = home
        self._zone = zone
        self._roles = [role for role in ACTUATORS if role in home]
        self._band = Band(home["comfort"], zone)
        self._model = HomeModel(home, zone)
        self._car = Car(home["ev"], zone, home["fuse_w"]) if "ev" in home else None
        self._desk = Desk()
        self._ledger = Ledger(["grid"] + self._roles)
        self._limits = Limits(home, self._car)
        self._decide = Decide(home, self._band, self._model, self._car, self._desk, self._ledger, self._limits)
        self._measured = {}
        self._commands = {}
        self._modes = {}
        self._events = []
        self._last = None

    def step(self, now, points):
        """Role -> command for every device of the home; call it every poll, and at once after a plan or an override."""
        self._look(now, points)
        self._desk.turn(now)
        commands = {}
        for role in self._roles:
            command, mode, words = self._decide.device(role, now, points, self._measured)
            commands[role] = command
            self._modes[role] = (mode, words)
        room_mc = points.value("room.temp", now)
        soc_pm = points.value("battery.soc", now)
        frost = self._band.frost(room_mc)
        changed = self._limits.apply(commands, now, self._measured, self._commands, soc_pm, frost, room_mc is not None)
        for role in changed:
            reason, words = changed[role]
            if reason and self._modes[role][0] == "plan":
                self._desk.depart(role, now, reason, words)
            self._modes[role] = ("safety", words)
        self._commands = commands
        return commands

    def _look(self, now, points):
        """Read the meters and put the time since the last look on the accounts."""
        for role in self._ledger.energy:
            self._measured[role] = points.value(role + ".power", now)
        self._see_car(now, points)
        self._limits.watch(now, self._measured)
        t, self._last = self._last, now
        if t is None or not 0 <= now - t <= _GAP_S:
            self._ledger.open(now)
            self._model.forget_slot()
            for track in self._decide.tracks.values():
                track.leave()
            return
        if now - t >= 10:
            self._decide.step_s = min(300, now - t)
        while t < now:
            end = min(now, t - t % SLOT_S + SLOT_S)
            for role in self._ledger.energy:
                w = self._measured[role]
                self._ledger.add(role, end - t, self._limits.expected.get(role, 0) if w is None else w, w is not None)
            t = end
            if t % SLOT_S == 0:
                self._close(t, points)

    def _close(self, end, points):
        """A slot has ended: learn from it and settle its accounts."""
        mean = {role: self._ledger.mean(role, end) for role in self._ledger.energy}
        self._model.learn(end, points, mean, self._commands.get("pv") is None)
        for role, track in self._decide.tracks.items():
            track.close(end, self._ledger.energy[role])
        self._ledger.open(end)

    def _see_car(self, now, points):
        if self._car:
            offered_ma = self._commands.get("ev", 0)
            self._car.see(now, points.value("ev.state", now), points.value("ev.energy", now), offered_ma)

    # what the hub says and hears

    def weather(self, message):
        """Wire message "weather"."""
        self._model.weather.take(message)

    def event(self, message):
        """Wire message "event"; shown to the household."""
        self._events = [e for e in self._events if e["id"] != message["id"]][-_EVENTS + 1 :]
        self._events.append(message)

    def accept(self, plan, now, points):
        """Take a plan (wire message "plan"); returns the wire message "reply"."""
        self._see_car(now, points)
        return self._desk.take(plan, self.actuators(), now, self._band.overridden(now), self._car)

    def take_notices(self, now):
        """Wire messages "reply" nobody asked for: parts of the plan that are not followed any more."""
        return self._desk.take_notices()

    def offer(self, now, points, offer_id):
        """Wire message "offer" for the day from the present slot on; None while nothing is measured."""
        return build_offer(self._home, self._zone, self._band, self._model, self._car, now, points, offer_id)

    def actuators(self):
        """What each actuator can take and give [W], as the wire message "hello" wants it."""
        out = []
        for role in self._roles:
            device = self._home[role]
            gives = 0
            if role == "ev":
                takes = self._car.most_w
            elif role == "battery":
                takes, gives = device["charge_max_w"], device["discharge_max_w"]
            elif role == "pv":
                takes, gives = 0, device["peak_w"]
            else:
                takes = device["power_max_w" if role == "heat_pump" else "power_w"]
            out.append({"actuator": role, "charge_max_w": takes, "discharge_max_w": gives})
        return out

    # what the household says and sees

    def override(self, target_mc, minutes, now):
        """Wins at once: call `step` after it. 0 minutes ends it. ValueError names a target that cannot be meant."""
        self._band.override(target_mc, minutes, now)
        if self._band.overridden(now):
            self._desk.refuse("heat_pump", now, "override", self._band.override_words())

    def car(self, km, by, now):
        """The household needs so many km by then. ValueError says what cannot be meant."""
        if self._car is None:
            raise ValueError("this home has no charger: no kilometres can be asked for")
        self._car.ask(km, by, now)

    def state(self, now):
        """All of it in plain words, for the local API."""
        plan, car, band = self._desk.plan, self._car, self._band
        low, high = band.at(now)
        out = {
            "actuators": {role: {"mode": m[0], "reason": m[1]} for role, m in self._modes.items()},
            "plan": {"id": plan.id, "expires": plan.expires, "reason": plan.reason} if plan else None,
            "band": {"min_mc": low, "max_mc": high, "target_mc": band.target(now)},
            "override": None,
            "car": None,
            "events": [e for e in self._events if e["end"] > now],
        }
        if band.overridden(now):
            out["override"] = {"target_mc": band.override_mc, "until": band.override_until}
        if car:
            out["car"] = {
                "connected": car.here,
                "need_wh": car.need(),
                "charged_wh": car.wh,
                "by": car.by,
                "shortfall_wh": car.shortfall(now),
            }
        return out

    def snapshot(self):
        """What must outlive a restart, JSON-able. The plan may be lost: the hub sends another."""
        return {
            "model": self._model.snapshot(),
            "car": self._car.snapshot() if self._car else None,
            "override": self._band.snapshot(),
        }

    def restore(self, kept):
        """Take up a snapshot. What does not fit, after a change of home or firmware, is left as new."""
        for name, part in (("model", self._model), ("car", self._car), ("override", self._band)):
            try:
                if part:
                    part.restore(kept[name])
            except (KeyError, TypeError, ValueError):
                pass
