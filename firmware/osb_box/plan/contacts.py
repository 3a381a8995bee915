"""An override where the heat pump takes no set-point, only "more" and "not now". Imported in such homes only."""

from micropython import const

from osb_box.comfort.band import guard

_NEAR_MC = const(100)  # from so far off the target on it is not left as it likes


def override(account, room_mc, target_mc):
    """(command, mode, words) as decide() has them; the account's verdict says which side of the target the room is."""
    free = ("auto", 0, target_mc)
    if room_mc is None:
        return free, "safety", "room"
    account.verdict = guard(account.verdict, room_mc, target_mc, target_mc, -_NEAR_MC, -_NEAR_MC, 0)
    if account.verdict < 0:
        return ("run", account.high, target_mc), "override", "override"
    return ("off", 0, target_mc) if account.verdict else free, "override", "override"
