"""What the household says. Imported when needed only."""


def override(box, target_mc, minutes, now):
    """Wins at once. 0 minutes ends it. ValueError outside 10..28 degrees."""
    band = box.band
    if minutes <= 0:
        band.override_mc = None
        return
    if not 10000 <= target_mc <= 28000:
        raise ValueError("target_mc must be 10000..28000, not %d" % target_mc)
    band.override_mc = target_mc
    band.override_until = now + minutes * 60
    band.override_since = now
    band.away = False  # somebody is there
    words = "override", "the household asked for %d.%d degrees" % (target_mc // 1000, target_mc % 1000 // 100)
    for plan in (box.desk.plan, box.desk.next):  # what had been accepted is given up for good
        if plan and "heat_pump" in plan["powers"]:
            del plan["powers"]["heat_pump"]
            box.desk.tell(plan, "heat_pump", now, words)


def ask(car, km, by, now):
    """So many km at `by`; None: what was learned of the car is forgotten.

    ValueError without a charger, beyond 1000 km, for a time not within a week.
    """
    if car is None:
        raise ValueError("this home has no charger: no kilometres can be asked for")
    if km is None:
        car.usual_wh = car.told_wh
        return
    if not 0 <= km <= 1000:
        raise ValueError("km must be 0..1000, not %d" % km)
    if not now < by <= now + 7 * 86400:
        raise ValueError("by must lie within the coming week, not %d" % by)
    car.asked_km = km
    car.by = by
    car.full = car.past = False
