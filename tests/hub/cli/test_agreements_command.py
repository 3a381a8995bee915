"""`vpp limits dim` and `vpp terms` as an operator types them."""

import json

import pytest

from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.settings import Settings
from osb_hub.store.database import Database

T = 1768431600
NUMBERS = {"start": 1775001600, "end": 1806537600, "week_events": 2, "month_events": 8, "duration_s": 7200}
NUMBERS |= {"capacity_w": 3000, "notice_s": 3600, "energy_price": 125, "event_price_ct": 50, "plans": "always"}


@pytest.fixture
def says(tmp_path):
    """What a box of a home with a wallbox and a battery says to the hub."""

    def say(kind, message, box="box-01"):
        database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
        store(database, Settings(), [Raw(f"osb/v1/{box}/{kind}", json.dumps(message).encode())], T)
        database.close()

    devices = [("ev", 11000, 0), ("battery", 5000, 5000)]
    actuators = [{"actuator": n, "charge_max_w": w, "discharge_max_w": d} for n, w, d in devices]
    head = {"t": T, "epoch": T, "firmware": "0.1.0", "board": "pico_w", "interpreter": "MicroPython v1.28.0"}
    say("hello", head | {"actuators": actuators, "meters": ["grid"]})
    return say


def test_dim_needs_to_leave_what_the_law_leaves(vpp, says):
    code, _, err = vpp("limits", "dim", "--box", "box-01", "--power", "4200")
    assert (code, err) == (
        2,
        "vpp: box-01 may always draw 7560 W (BK6-22-300, annex 1, 4.5): --power 4200 is less; "
        "--below-minimum says that you mean it.\n",
    )
    assert vpp("limits", "dim", "--box", "box-01", "--power", "4200", "--below-minimum")[0] == 0
    code, out, _ = vpp("limits", "dim", "--feeder", "feeder-1", "--power", "7560")
    assert (code, out) == (0, "box-01: at most 7560 W until released.\n")


def test_the_operator_sees_whether_it_is_in_force(vpp, says):
    vpp("limits", "dim", "--box", "box-01", "--power", "8000", "--until", "2096-01-15T20:00")
    (home,) = json.loads(vpp("limits", "homes", "--json")[1])
    assert home["follows"] == "not yet"
    assert home["told"]["fail_safe_w"] == 7560
    reply = {"t": T, "id": home["told"]["id"], "state": "limited", "power_w": 8000, "until": None, "reason": "street"}
    says("limit_reply", reply)
    (home,) = json.loads(vpp("limits", "homes", "--json")[1])
    assert (home["follows"], home["in_force"]["power_w"]) == ("yes", 8000)
    says("limit_reply", reply | {"t": T + 600, "state": "fail_safe", "power_w": 7560})
    (home,) = json.loads(vpp("limits", "homes", "--json")[1])
    assert home["follows"] == "hears nothing"
    assert "fail-safe" in vpp("limits", "homes")[1]
    vpp("limits", "dim", "--box", "box-01", "--release")
    found = json.loads(vpp("limits", "evidence", "box-01", "--json")[1])
    assert [told["power_w"] for told in found["told"]] == [8000, None]
    assert [said["state"] for said in found["in_force"]] == ["limited", "fail_safe"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--box", "box-01"], "Say one of --power, --release and --leave."),
        (["--box", "box-01", "--release", "--leave"], "Say one of --power, --release and --leave."),
        (["--power", "9000"], "Say either --box or --feeder."),
        (["--box", "box-99", "--release"], "There is no box called box-99; known are: box-01."),
        (["--feeder", "no-street", "--release"], "There is no box on a feeder called no-street."),
        (["--box", "box-01", "--power", "9000", "--until", "2001-01-01"], "--until must be in the future."),
        (["--box", "box-01", "--release", "--until", "2096-01-01"], "--until goes with --power."),
    ],
)
def test_what_cannot_be_meant(vpp, says, arguments, sentence):
    assert vpp("limits", "dim", *arguments) == (2, "", f"vpp: {sentence}\n")


def offered(vpp):
    when = ("--start", "2026-04-01", "--end", "2027-04-01")
    what = ("--week", 3, "--energy-price", 12.5, "--event-price", 0.5)
    return vpp("terms", "offer", "--box", "box-01", *when, *what)


def test_terms_offered_countered_accepted_signed_withdrawn(vpp, says):
    code, out, _ = offered(vpp)
    assert code == 0
    assert out == (
        "box-01: terms 1 are offered: 3/week, 8/month, 120 min, 3000 W, 60 min notice, 12.5 ct/kWh, "
        "0.50 EUR an event, plans always.\n"
    )
    assert vpp("terms", "accept", 1) == (
        2,
        "",
        "vpp: Terms 1 are offered: only a counter-offer can be accepted.\n",
    )
    (one,) = json.loads(vpp("terms", "list", "--json")[1])
    wanted = one["numbers"] | {"week_events": 2}
    says("terms_reply", {"t": T, "id": 1, "answer": "counter", "counter": wanted, "detail": "twice is enough"})
    (one,) = json.loads(vpp("terms", "list", "--json")[1])
    assert (one["state"], one["counter"]["week_events"]) == ("countered", 2)
    text = vpp("terms", "list")[1]
    assert "week_events" in text
    assert vpp("terms", "accept", 1)[0] == 0
    (one,) = json.loads(vpp("terms", "list", "--json")[1])
    assert (one["state"], one["numbers"]["week_events"]) == ("accepted", 2)
    signed = {"t": T, "id": 1, "answer": "accept", "counter": None, "detail": "the household has signed"}
    says("terms_reply", signed)
    assert json.loads(vpp("terms", "list", "--json")[1])[0]["state"] == "signed"
    assert vpp("terms", "withdraw", 1)[0] == 0
    says("terms_reply", signed)  # it was under way
    assert json.loads(vpp("terms", "list", "--json")[1])[0]["state"] == "withdrawn"
    says("terms_reply", signed | {"answer": "ended"})
    assert json.loads(vpp("terms", "list", "--json")[1])[0]["state"] == "ended"
    assert vpp("terms", "withdraw", 1) == (2, "", "vpp: Terms 1 are ended already.\n")


def test_another_home_cannot_sign(vpp, says):
    offered(vpp)
    says("terms_reply", {"t": T, "id": 1, "answer": "accept", "counter": None, "detail": "-"}, box="box-02")
    assert json.loads(vpp("terms", "list", "--json")[1])[0]["state"] == "offered"


def test_terms_that_no_box_would_read(vpp, says):
    when = ("--start", "2026-04-01", "--end", "2027-04-01")
    code, _, err = vpp("terms", "offer", "--box", "box-01", *when, "--duration", 5)
    assert (code, err) == (2, "vpp: These terms cannot be offered: duration_s: 300 is outside 900..86400.\n")
    code, _, err = vpp("terms", "offer", "--box", "box-01", "--start", "2027-04-01", "--end", "2026-04-01")
    assert (code, err) == (2, "vpp: --end 2026-04-01 must be later than --start 2027-04-01.\n")
    assert vpp("terms", "accept", 9)[2] == "vpp: There are no terms with the id 9.\n"
