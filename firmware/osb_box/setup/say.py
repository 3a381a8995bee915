"""The installer's page asks here: GET /api/setup. Imported for one use."""

import gc
import json

from osb_box import forget, hal, loaded
from osb_box.devices import ROLES

_NO_SCAN = {"running": False, "bus": None, "done": 0, "of": 0, "found": []}


def setup_state(cycle, now):
    """What the page shows, as the API documents it; never a secret: a generator that rests at each `yield` comes to
    it. `profiles` are read while they are iterated.
    """
    try:
        return (yield from _state(cycle))
    finally:
        forget("osb_boot.atomic")
        hal.leave()
        gc.collect()


def scan_state(cycle):
    """How the search goes, and nothing else: the page asks for it again and again."""
    scan = cycle.scan
    return {"scan": scan.state() if hasattr(scan, "state") else scan or _NO_SCAN}


def _state(cycle):
    """Each module leaves memory before the next comes, and all of them before the configuration does."""
    folder = hal.port().state_dir()
    yield from loaded("osb_boot.", "atomic")
    back = taken_back(folder)
    forget("osb_boot.atomic")
    yield ""
    if cycle.networks is None:
        yield from hal.ready("chip_radio")
    networks = _networks(cycle)
    hal.leave()
    yield ""
    wired = _wired(folder)
    yield ""
    with open(folder + "/config.json") as f:
        config = json.load(f)
    hub = config.get("hub")
    state = {
        "configured": bool(config["devices"]),
        "board": config["board"],
        "wired": wired,
        "roles": list(ROLES),
        "profiles": _profiles(),
        "buses": config["buses"],
        "devices": config["devices"],
        "about": [role for role in ROLES if config["home"].get(role)],
        "wifi": None,
        "hub": None,
        "self_test": cycle.self_test,
        "taken_back": back,
    }
    if networks is not None:
        state["wifi"] = {"ssid": (config.get("wifi") or {}).get("ssid"), "networks": networks}
    if hub:
        connected = bool(cycle.link and cycle.link.connected)
        state["hub"] = {"host": hub["host"], "port": hub["port"], "connected": connected}
    state.update(scan_state(cycle))
    return state


def taken_back(folder):
    """Why the last change of settings was taken back; None if it was not."""
    from osb_boot.atomic import load

    trial = load(folder + "/config.try")
    return trial["said"] if trial and trial["boots"] < 0 else None


def _profiles():
    """One after the other, as memory has no room for all of them; the code that reads them goes with the last."""
    catalogue = yield from loaded("osb_box.setup.", "catalogue")
    forget("osb_box.setup.catalogue")
    for name, title, line, _, roles, _ in catalogue.profiles():
        yield {"name": name, "title": title, "roles": roles, "bus": line}


def _wired(folder):
    """What `port` of a bus and `at` of a device may be, as the board's own list has it: {kind: names}."""
    try:
        with open(folder + "/board.json") as f:
            board = json.load(f)
    except OSError:
        return {}
    wired = {}
    for kind in ("uarts", "pulses", "inputs", "relays", "analogue"):
        names = [entry.get("path") or entry["name"] for entry in board.get(kind) or ()]
        if names:
            wired[kind] = names
    for kind in ("onewire", "i2c"):  # one of each at most, without a name
        wired[kind] = bool(board.get(kind))
    return wired


def _networks(cycle):
    """Which networks there are; None where the port keeps the network itself.

    To look around holds everything up for seconds: it is done once, and again at the wish {"scan": "wifi"}.
    """
    if cycle.networks is None:
        try:
            radio = hal.port().radio()
            cycle.networks = radio.scan() if radio else ()
        except OSError:
            return []
    return None if cycle.networks == () else [{"ssid": ssid, "rssi": rssi} for ssid, rssi in cycle.networks]
