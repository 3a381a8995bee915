"""The end of a run: what waits in memory is written, and why it ends is noted."""

from osb_box import hal


def restart(outbox, crash=None):
    """Restart the board; does not return. `crash` says what failed, and counts towards taking the version back."""
    port = hal.port()
    for save in (outbox.flush,) + outbox.parting:
        try:
            save()
        except OSError as e:
            print("restart:", e)
    if crash:
        try:
            from osb_boot import slots

            slots.note(port.state_dir(), True, crash)
        except OSError as e:
            print("slots:", e)
    port.reset()
