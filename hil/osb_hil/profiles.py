"""Device profiles as a board gets them: what loads a device, a file each; what people are told, one list of all."""

import json
from pathlib import Path
from typing import Any

_LINES = ("rtu", "tcp", "p1", "sml", "board")
_TOLD = {"title": 60, "maker": 24, "source": 400}  # bytes at most
_CONSUMER = {"import": "energy", "export": None}
_METER = {"grid": {}, "pv": {"import": None}, "battery": {}, **dict.fromkeys(("heat_pump", "tank", "ev"), _CONSUMER)}
_LOADS = ("bus", "roles", "gap", "most", "read", "write")


def brief(profile: dict[str, Any]) -> bytes:
    """What firmware/osb_box/devices/profile.py reads of a profile: no blanks, and nothing said twice."""
    told = {key: profile[key] for key in _LOADS if key in profile}
    if told.get("roles") == _METER:  # which the loader takes for none
        del told["roles"]
    each = _shared(told.get("read", []))
    if each:
        told["each"] = each
        told["read"] = [
            {key: value for key, value in row.items() if key not in each or each[key] != value} for row in told["read"]
        ]
    return _json(told)


def _shared(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What several rows say of a key that all rows have."""
    found = {}
    for key in set.intersection(*(set(row) for row in rows)) if rows else ():
        values = [row[key] for row in rows]
        most = max(values, key=values.count)
        if values.count(most) > 1:
            found[key] = most
    return dict(sorted(found.items()))


def catalogue(profiles: dict[Path, dict[str, Any]]) -> bytes:
    """A line for each, as firmware/osb_box/setup/catalogue.py reads them. ValueError names what is wrong and where."""
    return b"".join(_line(path, profiles[path]) + b"\n" for path in sorted(profiles))


def _line(path: Path, profile: dict[str, Any]) -> bytes:
    given = {"maker": "", **profile}
    for key, most in _TOLD.items():
        text = given.get(key)
        if not isinstance(text, str) or len(text.encode()) > most or not (text or key == "maker"):
            raise ValueError(f"{path.name}: {key}: must be text of 1 to {most} bytes")
    if given.get("line") not in _LINES:
        raise ValueError(f"{path.name}: line: must be one of {', '.join(_LINES)}")
    title = f"{given['maker']} {given['title']}".strip()
    return _json([path.stem, title, given["line"], given["bus"], sorted(given["roles"]), given.get("known")])


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
