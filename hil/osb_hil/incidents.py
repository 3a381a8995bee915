"""Makes the faults of a story happen in time, and notes from outside how each ends."""

from collections.abc import Callable
from typing import Any

from osb_hil.faults import KINDS
from osb_hil.faults.kind import Bench, Kind
from osb_hil.faults.people import Override
from osb_hil.home.spec import TankSpec
from osb_hil.story import Fault

_SETTLED_S = 120  # after a fault has struck, outputs are looked at for so long at least
_SWITCHES = {"heat_pump_mode": "heat_pump", "tank_on": "tank"}  # what clicks, and its role


class Incidents:
    """The faults of one run; `report` is told when one begins, ends or has been got over."""

    def __init__(self, story: list[Fault], bench: Bench, report: Callable[[dict[str, Any]], None]) -> None:
        self._bench, self._report = bench, report
        self._all = [KINDS[fault.kind](fault, bench) for fault in story]
        self._recovering: list[Kind] = []  # mended, while their box still catches up
        # of a fault that is watched: {its id: {home: (outputs at the last look, what it said of itself before)}}
        self._before: dict[int, dict[str, tuple[tuple[Any, ...], dict[str, Any] | None]]] = {}

    async def strike(self, t: int) -> None:
        """What breaks or is mended at `t`, before the boxes see it."""
        for kind in self._all:
            fault = kind.fault
            if fault.start == t:
                if kind.hub_gone:
                    self._before[id(fault)] = {
                        name: (self._switched(name), await kind.status(name)) for name in self._homes(fault)
                    }
                fault.starts = (self._starts(fault), self._starts(fault))
                self._note(fault, t, await kind.strike(t))
            elif fault.end == t and not isinstance(kind, Override):
                self._note(fault, t, await kind.mend(t))
                self._recovering.append(kind)
            elif fault.start < t and (fault.end is None or t < fault.end):
                await kind.during(t)

    async def watch(self, t: int) -> None:
        """What people do at `t`, and what can be seen, after the boxes have finished the step."""
        for kind in self._all:
            fault = kind.fault
            if isinstance(kind, Override):
                if fault.start == t:
                    self._note(fault, t, await kind.ask(t))
                elif fault.end == t:
                    self._note(fault, t, await kind.mend(t))
                    fault.recovered = t
            elif kind.hub_gone and fault.start < t and (t <= fault.start + _SETTLED_S or kind.away(t)):
                await self._look(kind, t)
            if fault.starts and fault.recovered is None:
                fault.starts = (fault.starts[0], self._starts(fault))
        for kind in list(self._recovering):
            said = await kind.recovered(t)
            if said:
                self._note(kind.fault, t, said)
                kind.fault.recovered = t
                self._recovering.remove(kind)

    async def close(self, fault: Fault) -> dict[str, Any]:
        """The end of a fault as the run ends."""
        kind = next(kind for kind in self._all if kind.fault is fault)
        if fault.seen and fault.recovered is None:
            last = await kind.last_words()
            if last:
                fault.seen.append(last)
        return fault.report()

    def _homes(self, fault: Fault) -> list[str]:
        return [fault.home] if fault.home else self._bench.names()

    def _starts(self, fault: Fault) -> int:
        return sum(self._bench.box(name).starts for name in self._homes(fault))

    def _switched(self, name: str) -> tuple[Any, ...]:
        return tuple(getattr(self._bench.home(name).controls, output) for output in _SWITCHES)

    async def _look(self, kind: Kind, t: int) -> None:
        """Has anything clicked since the last look, but what clicks in the course of the plan that goes on?"""
        fault, seen = kind.fault, self._before[id(kind.fault)]
        for name, (before, said) in seen.items():
            switched = self._switched(name)
            for output, old, new in zip(_SWITCHES, before, switched, strict=True):
                changed = f"{name} {output} {old} -> {new}"
                if old != new:
                    known = self._explained(name, output, said, await kind.status(name))
                    changes = fault.planned if known else fault.outputs
                    if changed not in changes:
                        changes.append(changed)
            if t == fault.start + _SETTLED_S and kind.restarts(fault.start, fault.end):
                said = await kind.status(name)  # the plan went with the power: it goes on without
            seen[name] = switched, said

    def _explained(self, name: str, output: str, said: dict[str, Any] | None, now: dict[str, Any] | None) -> bool:
        home, role = self._bench.home(name), _SWITCHES[output]
        if not guided_as_before(said, now, role):
            return False
        tank = home.spec.tank
        if role != "tank" or not tank or not now or now["control"]["actuators"][role]["mode"] != "alone":
            return True
        return as_a_thermostat(home.controls.tank_on, home.flows.tank_c, tank)

    def _note(self, fault: Fault, t: int, what: str | None) -> None:
        if what:
            fault.note(t, what)
            self._report({"event": "fault", "t": t, "kind": fault.kind, "home": fault.home, "what": what})


def guided_as_before(before: dict[str, Any] | None, now: dict[str, Any] | None, role: str) -> bool:
    """Whether a device still goes by the plan it went by, or by what comfort asks, as the box tells of both moments."""
    if before is None or now is None:
        return False
    controls = [told["control"] for told in (before, now)]
    plans = [control["plan"] and control["plan"]["id"] for control in controls]
    modes = [control["actuators"].get(role, {}).get("mode") for control in controls]
    return bool(plans[0] == plans[1]) and (modes[1] != "alone" or modes[0] == "alone")


def as_a_thermostat(on: bool, water_c: float, tank: TankSpec) -> bool:
    """Whether any thermostat would switch so: on in the colder half of the tank's range, off in the warmer one."""
    return on == (water_c < (tank.min_c + tank.max_c) / 2)
