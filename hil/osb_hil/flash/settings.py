"""The first settings of a box: who it is, its secrets, where its hub and its Wi-Fi are."""

import secrets
from typing import Any

from osb_hil.boards import Board
from osb_hil.flash import hub as hubs

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is easily taken for another
_DAY_S = 86400
_HOME = {
    "fuse_w": 9200,
    "export_max_w": 9200,
    "annual_kwh": 3500,
    "comfort": {
        "min_mc": 19500,
        "max_mc": 23000,
        "night_min_mc": 17000,
        "night": ["23:00", "06:00"],
        "setpoint_mc": 20500,
    },
    "building": {"loss_w_k": 200, "capacity_wh_k": 6000, "gain_w": 300},
}


def code() -> str:
    """A code for the box's label: 60 bits, to be read and typed by people."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def first(board_name: str, board: Board) -> dict[str, Any]:
    """Settings of a box that has none: every secret is its own. The installer's page adds meters and appliances."""
    return {
        "box_id": "box-" + secrets.token_hex(4),
        "board": board_name,
        "zone": {"utc_offset_s": 3600, "dst": "eu"},
        "poll_s": 10,
        "journal_flush_s": 600,  # an unwritten journal of ten minutes for a flash that lasts for decades
        "outbox_max_bytes": 4194304 if board.port == "unix" else 131072 if board.tier == "core" else 262144,
        "web": {"host": "0.0.0.0", "port": 80 if board.port != "unix" else 8080, "token": code()},
        "buses": [],
        "devices": [],
        "home": _HOME,
    }


def changed(
    settings: dict[str, Any], wifi: tuple[str, str] | None, hub: hubs.Hub | None, update_url: str | None
) -> dict[str, Any]:
    """Settings with what the command line changes of them; secrets that are there stay."""
    changes: dict[str, Any] = {}
    if wifi:
        changes["wifi"] = {"ssid": wifi[0], "password": wifi[1]}
    if hub:
        told = settings.get("hub") or {"password": secrets.token_urlsafe(18)}
        if hub.host:
            told |= {"host": hub.host, "port": hub.port, "user": settings["box_id"], "keepalive_s": 60, "retry_s": 60}
        if hub.ca:
            told |= {"ca": hubs.CA}
        changes["hub"] = {key: value for key, value in told.items() if not (hub.plain and key in ("ca", "name"))}
    if update_url:
        changes["update"] = {"url": update_url, "check_s": _DAY_S}
    return {**settings, **changes}
