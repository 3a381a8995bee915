"""The control's parts for a home, and what they have kept from before. Imported when a box starts only."""

from array import array

from osb_box import forget
from osb_box.ahead import Outlook
from osb_box.comfort.band import Band
from osb_box.plan.account import Account
from osb_box.plan.car import LEAST_A, Car
from osb_box.plan.desk import Desk
from osb_box.plan.forecast import usual_load, usual_sun
from osb_box.plan.model import HomeModel
from osb_wire.terms import ACTUATORS


def start(box, home, zone):
    """Give the controller `box` its parts, `home` and `zone` as the checked configuration has them."""
    box.home = home
    box.zone = zone
    box.roles = [role for role in ACTUATORS if role in home]
    box.band = Band(home["comfort"], zone)
    box.model = model = HomeModel(home)
    model.load_w = usual_load(home["annual_kwh"])
    model.sun = usual_sun(home["pv"]["peak_w"]) if "pv" in home else None
    box.ev = Car(home["ev"], zone, home["fuse_w"]) if "ev" in home else None
    box.desk = Desk()
    box.outlook = Outlook(box.roles)
    if home.get("tariff"):
        box.outlook.make_room(box.roles)
    box.accounts = {role: _account(box, role) for role in ["grid"] + box.roles}
    if "limit" in home:
        from osb_box.plan.dim import of, stow

        stow(box, of(box))


def _account(box, role):
    device = box.home.get(role)
    if role == "heat_pump":
        pump = Account(device["power_min_w"], device["power_max_w"], device["min_run_s"], device["min_pause_s"])
        pump.since = None  # nobody knows for how long it has been off
        return pump
    if role == "tank":  # a relay that went off stays off for so long
        return Account(device["power_w"], device["power_w"], 180, 180)
    if role == "ev":
        return Account(box.ev.amp_w * LEAST_A, box.ev.amp_w * box.ev.most_a, 300, 300)
    if role == "battery":
        return Account(-device["discharge_max_w"], device["charge_max_w"], 0, 0)
    return Account(0, 0, 0, 0)


def restore(box, kept):
    """Take up a snapshot. What does not fit, after a change of home or firmware, is left as new."""
    for part in (_restore_model, _restore_car, _restore_override, _restore_outlook, _restore_comfort):
        try:
            part(box, kept)
        except (KeyError, TypeError, ValueError):
            pass


def _restore_model(box, kept):
    model, kept = box.model, kept["model"]
    load_w = array("H", kept["load_w"])
    if len(load_w) == len(model.load_w):
        model.load_w = load_w
    if model.sun and kept["sun"] is not None:
        model.sun = kept["sun"]
    if model.room and kept["room_w"] is not None:
        model.room.bias_w = kept["room_w"]
    if model.tank and kept["tank_w"] is not None:
        model.tank.bias_w = kept["tank_w"]


def _restore_car(box, kept):
    if box.ev:
        car, kept = box.ev, kept["car"]
        here, start_wh, wh, by, asked_km, full = kept[:6]
        car.here, car.start_wh, car.wh, car.by, car.asked_km, car.full = here, start_wh, wh, by, asked_km, full
        if len(kept) > 6:
            car.past = kept[6]
            if kept[8] == car.told_wh:
                car.usual_wh = kept[7]


def _restore_override(box, kept):
    band, kept = box.band, kept["override"]
    band.override_mc, band.override_until = kept[:2]
    band.override_since = kept[2] if len(kept) > 2 else 0


def _restore_outlook(box, kept):
    month, peak_w, errors, seen = kept["outlook"]
    errors, seen = array("I", errors), bytearray(seen)
    if len(errors) == len(box.outlook.errors) == len(seen):
        box.outlook.errors, box.outlook.seen = errors, seen
    box.outlook.month, box.outlook.peak_w = month, peak_w


def _restore_comfort(box, kept):
    try:
        from osb_box.comfort import memory

        memory.restore(box, kept["comfort"])
    finally:
        names = ("memory", "identify", "lived", "slot", "en16798")
        forget(*["osb_box.comfort." + name for name in names])
