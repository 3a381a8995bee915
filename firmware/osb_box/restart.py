"""The end of a run: what waits in memory is written, and why it ends: without that note it is a crash.

Who promises a restart imports this before, with all that it needs: memory may be short when the time has come.
"""

from osb_boot import port, slots
from osb_box import hal


def restart(outbox, why, crash=False):
    """Restart the board; does not return. `why` for people; a `crash` counts towards taking the version back."""
    for save in (outbox.flush,) + outbox.parting:
        try:
            save()
        except (OSError, MemoryError) as e:
            print("restart:", e)
    again(why, crash)


def again(why, crash=False):
    """Restart the board, with nothing written but why; does not return."""
    try:
        slots.note(port.home(), crash, why)
    except (OSError, MemoryError) as e:
        print("restart:", e)
    hal.reset()


def with_old_settings(why):
    """Where new settings were refused, restart the board with the old ones; else return."""
    from osb_box.setup import settings

    if settings.take_back(port.home(), why):
        again("settings were taken back")
