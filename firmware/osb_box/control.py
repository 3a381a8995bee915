"""The box's control: measurements, plans and wishes in; commands, offers and replies out. No I/O; time is passed in."""

from micropython import const

from osb_box import finish, forget, load, loaded
from osb_box.plan.decide import decide
from osb_box.plan.limits import limit
from osb_wire import SLOT_S

_THEIRS = ("forecast", "attend", "contract", "dim", "terms", "reasons")  # what they import, and what an event needs
_GAP_S = const(900)  # after such a pause the slot's accounts begin anew


def _briefly(name, folder="plan"):
    """The module osb_box.<folder>.<name>, for one use: what is needed now and then does not stay in memory."""
    path = "osb_box.%s." % folder
    try:
        return load(path + name)
    finally:
        forget(path + name)
        for once in _THEIRS:
            forget("osb_box.plan." + once)


def _lent(name, folder="plan"):
    """Generator, a rest at each `yield`: comes to the same."""
    path = "osb_box.%s." % folder
    try:
        return (yield from loaded(path, name))
    finally:
        forget(path + name)
        for once in _THEIRS:
            forget("osb_box.plan." + once)


def keep_within(box, commands, why, now, points):
    """Change `commands` to what the grid operator allows; without the memory to reckon that, to what surely is."""
    try:
        _briefly("within").hold(box, commands, why, now, points)
    except MemoryError:
        for role, least in (("ev", 0), ("tank", 0), ("battery", min(0, commands.get("battery", 0)))):
            if role in commands and commands[role] != least:
                commands[role] = least
                why[role] = "dim"
        pump = box.accounts.get("heat_pump")
        if "heat_pump" in commands and not pump.frost:
            commands["heat_pump"] = ("run" if pump.on else "off", pump.low if pump.on else 0, commands["heat_pump"][2])
            why["heat_pump"] = "dim"


class Controller:
    phase = 0  # 0..255, when within a slot this box starts what need not run all of it
    points = None  # of the last step
    since = 0  # from when the accounts of this slot run
    step_s = 60  # until the next decision
    dim = None  # the grid operator's limit as plan/dim.py stows it, once there was one
    terms = offered = answered = None  # signed; offered and not answered; (id, answer, counter) of the last answer
    taken = ()  # slots in which events began that the home has agreed to
    earned = (0, 0, 0, 0)  # year, month, ct in the month, ct in the year
    due = None  # when the next event begins; in the past while one runs
    not_today = 0  # until then the household wants nothing of the hub
    unsaved = False  # what was agreed has changed and should reach flash
    urgent = None  # a person asks for what the heat pump shall do, or frost
    loose = False  # the heat pump has not confirmed what it was told last
    _last = None
    _ended = None  # a slot to learn from: (end, {role: mean W or None}, the hub's plan, the own, was the sun free)

    def __init__(self, home, zone):
        """`home` and `zone` as the checked configuration has them."""
        self.events = []  # the hub's, as plan/events.py has them
        self.to_say = []  # (kind, wire message) for the hub
        _briefly("start").start(self, home, zone)

    def step(self, now, points):
        """Role -> command for every device of the home; call it every poll, and at once after a plan or an override.

        After a poll there may be something to learn: `learning`.
        """
        accounts, desk = self.accounts, self.desk
        self._look(now, points)
        desk.turn(now)
        commands = {}
        for role in self.roles:
            account = accounts[role]
            commands[role], account.mode, account.words = decide(self, role, now, points)
            if account.mode != "plan":
                account.leave()
        if self.outlook.peak_aim_w and not desk.plan:
            from osb_box.ahead.peak import hold  # who pays for no peak does without it

            hold(self, commands, now, points.value("battery.soc", now))
        changed = limit(self, commands, now, points)
        for role, words in changed.items():
            account = accounts[role]
            if account.mode == "plan" and words not in ("rests", "started"):
                desk.depart(role, now, words)
            account.mode = "safety"
            account.words = words
        for role in commands:
            accounts[role].command = commands[role]
        pump = accounts.get("heat_pump")
        self.urgent = pump and (pump.frost or self.band.overridden(now))
        if self.attends(now):
            try:
                from osb_box.plan.attend import attend

                self.due = attend(self, now)
            except MemoryError:
                pass  # the next pass attends to it
        return commands

    def attends(self, now):
        """Whether an event is to be attended to, which takes osb_box.plan.contract and osb_box.plan.attend."""
        return self.due is not None and self.due <= now

    def _look(self, now, points):
        """Read the meters and put the time since the last look on the accounts."""
        accounts = self.accounts
        for role, account in accounts.items():
            account.w = points.value(role + ".power", now)
        self.see_car(now, points)
        self.points = points
        if points.value("room.motion", now):
            self.band.moved, self.band.away = now, False
        if "heat_pump" in accounts:
            pump = accounts["heat_pump"]
            if pump.since is None:
                pump.since = now
            pump.turn(pump.power() * 2 > max(100, pump.low), now)
        t, self._last = self._last, now
        if t is None or not 0 <= now - t <= _GAP_S:
            self.since = now
            for account in accounts.values():
                account.energy = account.silent_s = 0
                account.leave()
            self._forget_begin()
            return
        if now - t >= 10:
            self.step_s = min(300, now - t)
        while t < now:
            end = min(now, t - t % SLOT_S + SLOT_S)
            for account in accounts.values():
                w = account.w
                if w is None:
                    w = account.expected
                    account.silent_s += end - t
                account.energy += w * (end - t)
            t = end
            if t % SLOT_S == 0:
                self._close(t)

    def _close(self, t):
        """A slot ends: what was measured in it is kept for `learning`, and the accounts begin anew."""
        if self._ended:  # nobody had the time
            finish(self.learning(self.points))
        span, mean, desk = t - self.since, {}, self.desk
        whole = span * 10 >= SLOT_S * 9
        for role, account in self.accounts.items():
            account.mean = w = account.energy // span
            # unless nearly all of it was measured nobody knows
            mean[role] = w if whole and account.silent_s * 10 <= span else None
            account.close(t)
        self._ended = t, mean, desk.plan, desk.own, "pv" in mean and self.accounts["pv"].command is None
        self.since = t

    def learning(self, points):
        """Generator, a rest at each `yield`: learns from the slot that has ended, if one has since the last time."""
        ended, self._ended = self._ended, None
        if ended:
            try:
                learn = yield from _lent("learn")
                yield from learn.learn(self, ended, points)
            except MemoryError:
                self._forget_begin()

    def _forget_begin(self):
        """Nothing can be learned from the rooms in this slot."""
        for store in (self.model.room, self.model.tank):
            if store:
                store.begun_mc = store.felt_mc = None

    def see_car(self, now, points):
        if self.ev:
            car, offered_ma = self.ev, self.accounts["ev"].command or 0
            before = car.absence()
            counter_wh = points.value("ev.energy", now) or None  # 0 is shown by a charger that has just started
            car.see(now, points.value("ev.state", now), counter_wh, offered_ma)
            if before != car.absence():
                self.outlook.anew = True

    # what the hub says and hears

    def hear(self, kind, message, now, points):
        """Generator, a rest at each `yield`: acts on a checked message of the hub; call `step` after it.

        Comes to the wire message "reply" to a plan.
        """
        heard = yield from _lent("heard")
        return (yield from heard.act(self, kind, message, now, points))

    def ahead(self, now, points):
        """The box's own plan, once a slot and after what changes it: a generator, worked off piece by piece, or None.

        MemoryError: the last plan holds on, and the next slot tries again.
        """
        outlook, slot = self.outlook, now - now % SLOT_S
        if self.desk.plan:  # the hub's: made for all
            self.desk.own = None
            outlook.anew = True
            return None
        if slot == outlook.slot and not outlook.anew:
            return None
        outlook.slot, outlook.anew = slot, False
        if not outlook.prices and "tariff" not in self.home:
            return None
        return self._making(now, points)

    def _making(self, now, points):
        make = yield from _lent("make", "ahead")
        yield from make.make(self, now, points)

    def has_news(self):
        """Whether there is something that the hub should hear, or that should reach flash."""
        return self.unsaved or self.to_say or self.desk.notices

    def messages(self):
        """Generator, a rest at each `yield`: comes to (kind, wire message) of what the hub should hear, each once."""
        yield
        reasons = (yield from _lent("reasons")) if self.desk.notices else None
        out, self.to_say = self.to_say, []  # without the memory for it they are said another time
        return out + reasons.replies(self.desk) if reasons else out

    def kept(self):
        """What was agreed with others and must outlive a power cut, JSON-able: a generator as `messages`."""
        ledger = yield from _lent("ledger")
        return ledger.kept(self)

    def offering(self, now, points, offer_id):
        """Generator, a rest at each `yield`: comes to the wire message "offer" for the day from the present slot on.

        None while nothing is measured.
        """
        draft = yield from _lent("draft")
        return (yield from draft.offering(self, now, points, offer_id))

    def actuators(self):
        """What each actuator can take and give [W], as the wire message "hello" wants it."""
        return _briefly("actuators").actuators(self)

    # what the household says and sees

    def override(self, target_mc, minutes, now):
        """Wins at once: call `step` after it. 0 minutes ends it. ValueError names a target that cannot be meant."""
        _briefly("household").override(self, target_mc, minutes, now)
        self.outlook.anew = True

    def car(self, km, by, now):
        """The household needs so many km by then; None: what the car usually takes is forgotten.

        ValueError says what cannot be meant.
        """
        _briefly("household").ask(self.ev, km, by, now)
        self.outlook.anew = True

    def state(self, now):
        """All of it in plain words, for the local API."""
        return _briefly("state").state(self, now)

    def snapshot(self):
        """What must outlive a restart, JSON-able: a generator that rests at each `yield` comes to it.

        The plan may be lost: the hub sends another.
        """
        snapshot = yield from _lent("snapshot")
        return (yield from snapshot.pieces(self))

    def restore(self, kept, agreed=None):
        """Take up a snapshot, and what kept() gave. What does not fit, after a change of firmware, is left as new."""
        _briefly("start").restore(self, kept or {})
        _briefly("ledger").restore(self, agreed or {})
