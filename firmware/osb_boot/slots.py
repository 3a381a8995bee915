"""Which version starts, and why: one record on flash, and the decisions about it.

A version lives in a slot: `slots/a.pack` and `slots/a.manifest`, or b. The manifest is put there last, so that a slot
without it is not whole. A board is flashed into slot a, as release 0. The record is written when something
happens, never at a start that follows a good one.
"""

import json
import os

from micropython import const

from osb_boot.atomic import load as load_file
from osb_boot.atomic import save as save_file

_TRIAL_CRASHES = const(2)  # a new version that crashes so often is taken back
_TRIAL_BOOTS = const(20)  # of any cause: one that drags the supply down looks like power cuts
_CRASHES = const(5)  # a version that worked once and now crashes so often in a row gives way
_WHY_BYTES = const(160)

NEW = {
    "slot": "a",  # what starts
    "previous": None,  # the slot that worked before and is still whole
    "floor": 0,  # highest release that was ever kept; nothing below it is installed
    "trial": None,  # {"slot", "release", "boots"} of a version that has yet to prove itself
    "bad": 0,  # release that was taken back last; it is not installed again
    "crashes": 0,  # in a row
    "note": None,  # [crash or not, why] of a reset on purpose that is about to happen
    "said": None,  # what happened last, for people
    "key": None,  # public key that a kept version has brought
}


def load(home):
    """The record; a new one where there is none, made from the slots found where it was damaged."""
    found = load_file(home + "/slots.json")
    record = dict(NEW)
    if found:
        record.update(found)
    elif _exists(home + "/slots.json"):
        for slot in ("a", "b"):
            release = header(home, slot).get("release", 0)
            if release > record["floor"]:
                record["slot"], record["floor"] = slot, release
                record["said"] = "the record of the versions was lost: the newest whole one was started"
    return record


def save(home, record):
    """Replace the record as a whole. OSError where the flash refuses."""
    save_file(home + "/slots.json", record, None)


def path(home, slot, what):
    """Where the "pack" or the "manifest" of a slot is."""
    return "%s/slots/%s.%s" % (home, slot, what)


def header(home, slot):
    """The first line of a whole slot's manifest; {} of any other."""
    try:
        with open(path(home, slot, "manifest"), "rb") as f:
            return json.loads(f.readline())
    except (OSError, ValueError):
        return {}


def running(record):
    """The slot that starts now."""
    return record["trial"]["slot"] if record["trial"] else record["slot"]


def spare(record):
    """The slot that may be overwritten."""
    return _other(record["slot"])


def begin(home, powered_on):
    """Decide at a start: (record, the slot to start or None for the recovery page). A loss of power is no crash."""
    record = load(home)
    note, trial = record["note"], record["trial"]
    crash = note[0] if note else not powered_on
    why = note[1] if note else "the watchdog bit"
    if not (note or trial or crash):
        return record, None if record["crashes"] >= _CRASHES else record["slot"]
    record["note"] = None
    if crash:
        record["crashes"] += 1
    if trial:
        trial["boots"] += 1
        if record["crashes"] >= _TRIAL_CRASHES:
            take_back(record, "it crashed %d times: %s" % (record["crashes"], why))
        elif trial["boots"] > _TRIAL_BOOTS:
            take_back(record, "it was started %d times and never became healthy" % _TRIAL_BOOTS)
    elif record["crashes"] >= _CRASHES:
        if record["previous"] is not None:
            release = header(home, record["slot"]).get("release", 0)
            record["slot"], record["previous"] = record["previous"], None
            record["bad"], record["crashes"] = release, 0
            record["said"] = "release %d crashed %d times, the one before it runs: %s" % (release, _CRASHES, why)
        else:
            record["said"] = "the box crashed %d times: %s" % (_CRASHES, why)
    save(home, record)
    return record, None if record["crashes"] >= _CRASHES else running(record)


def unusable(home, slot, why):
    """What was to start is damaged or not there: the slot to start instead, or None for the recovery page."""
    record = load(home)
    before = dict(record)
    instead = _other(slot)
    if record["trial"] and record["trial"]["slot"] == slot:
        take_back(record, why)
    else:
        release = header(home, instead).get("release")
        if release is None or (release and release == record["bad"]):
            instead = None
        else:
            record["slot"], record["previous"] = instead, None
        record["said"] = ("the version in slot %s cannot start: %s" % (slot, why))[: _WHY_BYTES + 40]
    if record != before:
        save(home, record)
    return instead


def flashed(home):
    """Somebody has flashed the board: that version starts; keys, and releases that were refused, stay as they were."""
    record = load(home)
    if record != NEW:
        kept = dict(NEW)
        for name in ("floor", "bad", "key"):
            kept[name] = record[name]
        if kept != record:
            save(home, kept)


def note(home, crash, why):
    """A reset on purpose follows: say why, and whether it counts as a crash."""
    record = load(home)
    record["note"] = [crash, why[:_WHY_BYTES]]
    save(home, record)


def activate(home, slot, release):
    """The spare slot is whole: it starts next, and is kept only if it proves itself. The one write that decides."""
    record = load(home)
    record["trial"] = {"slot": slot, "release": release, "boots": 0}
    record["crashes"] = 0
    record["note"] = [False, "release %d was installed" % release]
    save(home, record)


def overwrite(home):
    """The spare slot is about to be overwritten: nobody may go back to it from now on. Returns its name."""
    record = load(home)
    slot = spare(record)
    if record["previous"] == slot:
        record["previous"] = None
        save(home, record)
    return slot


def healthy(home):
    """What runs has proved itself: keep it, and believe the key it brings."""
    record = load(home)
    trial = record["trial"]
    if trial:
        record["previous"], record["slot"], record["trial"] = record["slot"], trial["slot"], None
        record["floor"] = max(record["floor"], trial["release"])
        record["key"] = header(home, trial["slot"]).get("next_key") or record["key"]
        record["said"] = "release %d was installed and works" % trial["release"]
    record["crashes"] = 0
    save(home, record)


def take_back(record, why):
    """Go back to what ran before the trial; the caller saves the record."""
    release = record["trial"]["release"]
    record["trial"], record["bad"], record["crashes"] = None, release, 0
    record["said"] = ("release %d was taken back: %s" % (release, why))[: _WHY_BYTES + 40]


def once_more(home):
    """Leave the recovery page: what failed gets one more chance before it comes back there."""
    record = load(home)
    record["crashes"] = min(record["crashes"], _CRASHES - 1)
    record["note"] = [False, "one more chance"]
    save(home, record)


def state(home):
    """What the API, the recovery page and the hub are told: which version runs, and what happened last."""
    record = load(home)
    slot, previous = running(record), record["previous"]
    release = header(home, slot).get("release", 0)
    return {
        "slot": slot if release else "flashed",
        "release": release,
        "on_trial": bool(record["trial"]),
        "previous": previous and (previous if header(home, previous).get("release") else "flashed"),
        "crashes": record["crashes"],
        "taken_back": record["bad"] or None,
        "last": record["said"],
    }


def _other(slot):
    return "b" if slot == "a" else "a"


def _exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False
