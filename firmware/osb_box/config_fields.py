"""What may stand in config.json, as tables of the kinds that osb_wire.fields checks."""

from osb_box.devices import ROLES


def _record(*fields):
    return ("record", fields)


def _maybe(*fields):
    return ("maybe", ("record", fields))


MEASURED = ("grid", "room", "outdoor")  # roles of what is only measured
_W = ("int", 1, 100000)
_W_OR_0 = ("int", 0, 100000)
_PORT = ("int", 1, 65535)
_HOST = ("text", 120)
_NAME = ("text", 16)
_CLOCK_TIME = ("text", 5)
_ROOM_MC = ("int", 5000, 35000)
_COUNTRY = ("country", ("maybe", ("text", 2)))
_PRICE = ("int", -10000, 10000)
_TANK_MC = ("int", 10000, 90000)
_MV = ("int", 0, 3300)
_MC = ("int", -100000, 200000)
_OHM = ("int", 100, 1000000)
_PHASE = ("phase", ("maybe", ("int", 0, 3)))  # of L1, L2, L3; 0: evenly on all

_DAYS = ("days", ("one", ("all", "week", "weekend")))
_WINDOW = (("from", _CLOCK_TIME), ("to", _CLOCK_TIME), _DAYS, ("buy_eur_mwh", _PRICE))
_HOME = _record(
    ("fuse_w", _W),
    ("fuse_a", ("maybe", ("int", 6, 125))),  # of each phase
    ("imbalance_max_w", ("maybe", _W)),
    ("export_max_w", _W_OR_0),
    ("annual_kwh", ("int", 1, 100000)),
    (
        "comfort",
        _record(
            ("min_mc", _ROOM_MC),
            ("max_mc", _ROOM_MC),
            ("night_min_mc", _ROOM_MC),
            ("night", ("row", (("start", _CLOCK_TIME), ("end", _CLOCK_TIME)))),
            ("setpoint_mc", _ROOM_MC),
            ("category", ("maybe", ("int", 1, 3))),  # of EN 16798-1
        ),
    ),
    (
        "building",
        _record(
            ("loss_w_k", ("int", 10, 5000)), ("capacity_wh_k", ("int", 100, 200000)), ("gain_w", ("int", 0, 10000))
        ),
    ),
    (
        "heat_pump",
        _maybe(
            ("power_max_w", _W),
            ("power_min_w", _W_OR_0),
            ("cop_pm", ("list", ("row", (("outdoor_mc", ("int", -40000, 40000)), ("cop", ("int", 1000, 15000)))), 12)),
            ("min_run_s", ("int", 0, 7200)),
            ("min_pause_s", ("int", 0, 7200)),
            _PHASE,
        ),
    ),
    (
        "tank",
        _maybe(
            ("litres", ("int", 10, 5000)),
            ("power_w", _W),
            ("min_mc", _TANK_MC),
            ("max_mc", _TANK_MC),
            ("loss_w_k", ("int", 0, 100)),
            ("daily_use_wh", ("int", 0, 100000)),
            ("hygiene_days", ("maybe", ("int", 0, 30))),  # 0: never
            _PHASE,
        ),
    ),
    (
        "ev",
        _maybe(
            ("phases", ("int", 1, 3)),
            ("max_a", ("int", 6, 63)),
            ("wh_per_km", ("int", 50, 1000)),
            ("daily_km", ("int", 0, 1000)),
            ("ready_by", _CLOCK_TIME),
            _PHASE,
        ),
    ),
    (
        "battery",
        _maybe(
            ("capacity_wh", ("int", 100, 1000000)),
            ("charge_max_w", _W),
            ("discharge_max_w", _W),
            ("eta_pm", ("int", 500, 1000)),
            ("reserve_pm", ("int", 0, 1000)),
            _PHASE,
        ),
    ),
    ("pv", _maybe(("peak_w", _W))),
    (
        "tariff",
        _maybe(
            ("buy_eur_mwh", _PRICE),
            ("sell_eur_mwh", _PRICE),
            ("windows", ("maybe", ("list", _record(*_WINDOW), 8))),
            ("peak_eur_kw_year", ("maybe", ("int", 0, 1000))),  # of each month's highest quarter of an hour
            ("peak_floor_w", ("maybe", _W)),
        ),
    ),
    # the home is under a grid operator's control (14a EnWG): what may be drawn while its signal is lost, and how long
    ("limit", _maybe(("fail_safe_w", ("maybe", _W_OR_0)), ("fail_safe_s", ("maybe", ("int", 7200, 86400))))),
    ("without_terms", ("maybe", ("one", ("follow", "refuse")))),  # the hub's plans while no terms are signed
)
_BROKER = (
    ("host", _HOST),
    ("port", _PORT),
    ("user", ("maybe", ("text", 64))),
    ("password", ("maybe", ("text", 128))),
    ("ca", ("maybe", ("text", 64))),  # file of the authority's certificate (DER), beside this one: TLS
    ("name", ("maybe", _HOST)),  # in the hub's certificate, where it is not the host
    ("keepalive_s", ("int", 5, 3600)),
    ("retry_s", ("int", 5, 3600)),
)
TOP = (
    ("box_id", ("text", 32)),
    ("board", ("text", 32)),
    ("zone", _record(("utc_offset_s", ("int", -43200, 50400)), ("dst", ("one", ("eu", "none"))))),
    ("poll_s", ("int", 1, 900)),
    ("journal_flush_s", ("int", 0, 3600)),
    ("outbox_max_bytes", ("int", 16384, 16777216)),
    ("hub", _maybe(*_BROKER)),
    ("wifi", _maybe(("ssid", ("text", 32)), ("password", ("maybe", ("text", 63))), _COUNTRY)),
    ("home_assistant", _maybe(*_BROKER, ("prefix", ("maybe", ("text", 40))))),
    ("web", _maybe(("host", _HOST), ("port", _PORT), ("token", ("text", 128)))),
    ("update", _maybe(("url", ("text", 200)), ("check_s", ("int", 60, 604800)))),
    ("buses", ("list", _record(("name", _NAME), ("type", ("one", ("rtu", "tcp", "p1", "sml", "board")))), 8)),
    (
        "devices",
        (
            "list",
            _record(
                ("role", ("one", ROLES)),
                ("profile", ("text", 40)),
                ("bus", _NAME),
                ("unit", ("maybe", ("int", 0, 255))),
                ("phases", ("maybe", ("int", 0, 1))),  # 1: its phases are read, too
                # of what is wired to the board; sense/attach.py says who needs what
                ("at", ("maybe", ("text", 24))),
                ("per_kwh", ("maybe", ("int", 1, 100000))),
                ("hold_s", ("maybe", ("int", 1, 7200))),
                ("mv", ("maybe", ("row", (("low", _MV), ("is", _MC), ("high", _MV), ("means", _MC))))),
                ("ntc", ("maybe", ("row", (("ohm_25", _OHM), ("beta", ("int", 1000, 6000)), ("ohm_up", _OHM))))),
            ),
            16,
        ),
    ),
    ("home", _HOME),
)
_BUS = (("name", _NAME), ("type", ("text", 5)), ("timeout_ms", ("maybe", ("int", 50, 10000))))
BUS_OF = {
    "rtu": _BUS + (("port", _HOST), ("baud", ("int", 1200, 115200)), ("parity", ("maybe", ("one", ("N", "E", "O"))))),
    "tcp": _BUS + (("host", _HOST), ("port", _PORT)),
    "p1": _BUS + (("port", _HOST),),
    "sml": _BUS + (("port", _HOST),),
    "board": _BUS[:2],
}
