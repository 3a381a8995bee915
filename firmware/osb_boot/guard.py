"""Starts the version that is to run, or the recovery page; whatever ends it is noted before the board restarts."""

import gc
import sys

import osb_boot
from osb_boot import port


def choose():
    """Mount the version that is to run, in front of the search path; False if there is none that works.

    osb_boot.watched: it is new or has crashed, and must show that it is well.
    """
    from osb_boot import slots

    home = port.home()
    try:
        record, slot = slots.begin(home, port.powered_on())
    except OSError as e:  # the flash refuses to be written: what is there may run all the same
        print("slots:", e)
        record = slots.load(home)
        slot = slots.running(record)
    found = _mount(home, slot)
    if found != slot:
        record = slots.load(home)
    osb_boot.watched = bool(record["trial"] or record["crashes"])
    _forget()
    return found is not None


def _mount(home, slot):
    """Mount the pack of a slot, or else of the other; returns the slot whose it is, or None."""
    from osb_boot import slots
    from osb_boot.mount import mount

    for _ in ("it", "the other one"):
        if slot:
            try:
                mount(slots.path(home, slot, "pack"))
                # what was flashed gives way to code in the image, which takes no memory; what was installed does not
                flashed = not slots.header(home, slot).get("release")
                sys.path.insert(1 if flashed and sys.path[0] == ".frozen" else 0, osb_boot.PLACE)
                osb_boot.data = osb_boot.PLACE + "/"
                return slot
            except (OSError, ValueError) as e:
                print("slot %s:" % slot, e)
                try:
                    slot = slots.unusable(home, slot, str(e))
                except OSError as e:
                    print("slots:", e)
                    return None
    return None


def ended(e):
    """The application has ended with `e`: a crash, with its reason on flash, unless it asked for it."""
    if isinstance(e, SystemExit):
        if e.args and e.args[0] == 2 and port.stays_after_refusal():
            recover("the configuration cannot be used")
        raise e
    if isinstance(e, KeyboardInterrupt):
        port.let_go()
        raise e
    sys.print_exception(e)
    gc.collect()
    try:
        from osb_boot import slots

        slots.note(port.home(), True, "%s: %s" % (type(e).__name__, e))
    except OSError as e:
        print("slots:", e)
    port.reset()


def recover(trouble=None):
    """Serve the recovery page until somebody, or time, asks for another attempt."""
    from osb_boot import recovery

    try:
        recovery.main(port.home(), trouble)
    except KeyboardInterrupt:
        port.let_go()
        raise


def _forget():
    """Nothing of the loader stays in memory while the application runs."""
    package = sys.modules["osb_boot"].__dict__
    for name in ("slots", "atomic", "port", "pack", "mount", "guard"):
        sys.modules.pop("osb_boot." + name, None)
        package.pop(name, None)
