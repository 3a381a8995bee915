"""The first settings of a box: who it is, its secrets, where its hub and its Wi-Fi are."""

import json
import secrets
from typing import Any

from osb_hil.boards import Board

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is easily taken for another
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


def first(board_name: str, board: Board, wifi: tuple[str, str] | None, hub: str | None) -> dict[str, Any]:
    """Settings of a box that has none: every secret is its own. The installer's page adds meters and appliances."""
    box_id = "box-" + secrets.token_hex(4)
    return {
        "box_id": box_id,
        "board": board_name,
        "zone": {"utc_offset_s": 3600, "dst": "eu"},
        "poll_s": 10,
        "journal_flush_s": 600,  # an unwritten journal of ten minutes for a flash that lasts for decades
        "outbox_max_bytes": 131072 if board.tier == "core" else 262144,
        **told(wifi, hub, box_id),
        "web": {"host": "0.0.0.0", "port": 80 if board.port != "unix" else 8080, "token": code()},
        "buses": [],
        "devices": [],
        "home": _HOME,
    }


def told(wifi: tuple[str, str] | None, hub: str | None, box_id: str) -> dict[str, Any]:
    """What the command line says, as settings."""
    settings: dict[str, Any] = {}
    if wifi:
        settings["wifi"] = {"ssid": wifi[0], "password": wifi[1]}
    if hub:
        host, _, port = hub.partition(":")
        broker = {"host": host, "port": int(port or 8883), "keepalive_s": 60, "retry_s": 60}
        settings["hub"] = {**broker, "user": box_id, "password": secrets.token_urlsafe(18)}
    return settings


def updated(kept: str, wifi: tuple[str, str] | None, hub: str | None) -> dict[str, Any]:
    """Settings that a box already has, with what the command line changes; its secrets stay."""
    settings: dict[str, Any] = json.loads(kept)
    changes = told(wifi, hub, settings["box_id"])
    if "hub" in changes and settings.get("hub"):
        changes["hub"] = {**changes["hub"], "password": settings["hub"].get("password") or changes["hub"]["password"]}
    return {**settings, **changes}
