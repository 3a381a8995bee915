import json

import pytest
from sqlalchemy import func, select

from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.registry import boxes
from osb_hub.settings import Settings
from osb_hub.store import tables
from osb_hub.store.database import Database
from osb_hub.store.readings import messages_stored, readings

T = 1768431600  # 2026-01-14 23:00 UTC
EPOCH = T - 3600


@pytest.fixture
def hub(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    settings = Settings(feeders={"box-09": "feeder-2"})

    class Hub:
        def take(self, *batch, now=T):
            return store(database, settings, batch, now)

        def boxes(self):
            with database.read() as connection:
                return {box.id: box for box in boxes.boxes(connection)}

        def read(self, box="box-01"):
            with database.read() as connection:
                return readings(connection, box, 0, 2**32)

        def messages(self):
            with database.read() as connection:
                return messages_stored(connection), connection.execute(
                    select(func.count()).select_from(tables.message)
                ).scalar()

    yield Hub()
    database.close()


def telemetry(seq, box="box-01", oldest=1, t=None, epoch=EPOCH, value=100):
    message = {"epoch": epoch, "seq": seq, "oldest": oldest, "t": t or T - 600 + 60 * seq}
    message["points"] = [["grid.power", value, "W", "good", 0], ["battery.soc", None, "pm", "bad", 900]]
    return Raw(f"osb/v1/{box}/telemetry", json.dumps(message).encode())


def other(kind, message, box="box-01"):
    return Raw(f"osb/v1/{box}/{kind}", json.dumps(message).encode())


def test_stored_and_receipted(hub):
    stored = hub.take(telemetry(1), telemetry(2))
    assert stored.receipts == [("box-01", {"epoch": EPOCH, "seq": 2})]
    assert [(r.point, r.t, r.value, r.quality, r.age_s) for r in hub.read()] == [
        ("battery.soc", T - 540, None, "bad", 900),
        ("battery.soc", T - 480, None, "bad", 900),
        ("grid.power", T - 540, 100, "good", 0),
        ("grid.power", T - 480, 100, "good", 0),
    ]


def test_a_duplicate_is_counted_and_receipted_again_but_not_stored(hub):
    hub.take(telemetry(1), telemetry(2))
    stored = hub.take(telemetry(2), telemetry(2), telemetry(1))
    assert stored.receipts == [("box-01", {"epoch": EPOCH, "seq": 2})]
    assert len(hub.read()) == 4
    assert hub.boxes()["box-01"].duplicates == 3


def test_out_of_order_across_batches(hub):
    assert hub.take(telemetry(2)).receipts[0][1]["seq"] == 0
    assert hub.take(telemetry(4), telemetry(1)).receipts[0][1]["seq"] == 2
    assert hub.take(telemetry(3)).receipts[0][1]["seq"] == 4


def test_what_the_box_no_longer_holds_is_not_waited_for_yet_still_stored_if_it_comes(hub):
    assert hub.take(telemetry(7, oldest=6)).receipts[0][1]["seq"] == 5
    assert hub.take(telemetry(3)).receipts[0][1]["seq"] == 5
    assert len(hub.read()) == 4
    assert hub.take(telemetry(6, oldest=6)).receipts[0][1]["seq"] == 7


def test_each_epoch_has_its_own_numbers(hub):
    later = EPOCH + 1800
    stored = hub.take(telemetry(1), telemetry(1, epoch=later), telemetry(2))
    assert dict((r["epoch"], r["seq"]) for _, r in stored.receipts) == {EPOCH: 2, later: 1}


def test_a_refused_message_stores_nothing_and_disturbs_nobody(hub):
    bad = json.loads(telemetry(1).payload)
    bad["points"][0][1] = 1.5
    stored = hub.take(other("telemetry", bad), telemetry(1, box="box-02"))
    assert stored.receipts == [("box-01", {"epoch": EPOCH, "seq": 1}), ("box-02", {"epoch": EPOCH, "seq": 1})]
    assert hub.read("box-01") == []
    assert len(hub.read("box-02")) == 2
    box = hub.boxes()["box-01"]
    assert (box.refused, box.refusal, box.refused_at) == (1, "telemetry: points[0].value: must be an integer", T)
    assert hub.messages() == (1, 2)


def test_a_refused_message_sent_again_stays_one(hub):
    raw = Raw("osb/v1/box-01/telemetry", json.dumps({"epoch": EPOCH, "seq": 1}).encode())
    hub.take(raw)
    hub.take(raw, telemetry(2))
    assert hub.messages() == (1, 2)
    assert hub.boxes()["box-01"].refused == 2


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b"\xff\xfe", "offer: message: is not JSON"),
        (b"[" * 30000, "offer: message: is not JSON"),
        (b'{"id": 1, "t": ' + b"9" * 5000 + b"}", "offer: message: is not JSON"),
        (b"[1]", "offer: message: must be an object"),
        (b" " * 40000, "offer: message: has 40000 bytes, at most 32768 are read"),
    ],
)
def test_bytes_that_are_no_message(hub, payload, sentence):
    assert hub.take(Raw("osb/v1/box-01/offer", payload)).receipts == []
    assert hub.boxes()["box-01"].refusal == sentence


def test_text_that_is_no_unicode(hub):
    hub.take(Raw("osb/v1/box-01/status", b'{"t": 1768431600, "state": "online", "reason": "\\ud800"}'))
    assert hub.boxes()["box-01"].refusal == "status: reason: must be text of 1 to 120 bytes"


def test_a_topic_of_nobody_is_dropped(hub):
    assert hub.take(Raw("osb/v1/BOX 1/telemetry", b"{}"), telemetry(1)).receipts == [
        ("box-01", {"epoch": EPOCH, "seq": 1})
    ]
    assert list(hub.boxes()) == ["box-01"]


def test_telemetry_from_the_future_is_refused_and_not_asked_for_again(hub):
    stored = hub.take(telemetry(1, t=T + 901))
    assert stored.receipts == [("box-01", {"epoch": EPOCH, "seq": 1})]
    assert hub.read() == []
    assert hub.boxes()["box-01"].refusal == "telemetry: t: 901 s ahead of the hub's clock"


def test_registration_state_and_feeder(hub):
    hello = {"t": T, "epoch": EPOCH, "firmware": "0.1.0", "board": "linux", "interpreter": "MicroPython"}
    hello |= {"actuators": [{"actuator": "ev", "charge_max_w": 7360, "discharge_max_w": 0}], "meters": ["grid"]}
    stored = hub.take(other("hello", hello), telemetry(1, box="box-09"))
    assert stored.hellos == [("box-01", T)]
    box = hub.boxes()["box-01"]
    assert (box.state, box.feeder, box.actuators, box.first_seen) == ("online", "feeder-1", ["ev"], T)
    assert hub.boxes()["box-09"].feeder == "feeder-2"


def test_last_will_and_return(hub):
    gone = other("status", {"t": T, "state": "offline", "reason": "the connection was lost"})
    hub.take(telemetry(1), gone)
    box = hub.boxes()["box-01"]
    assert (box.state, box.state_reason, box.last_seen) == ("offline", "the connection was lost", T)
    hub.take(gone, now=T + 500)
    assert hub.boxes()["box-01"].last_seen == T  # a will that the broker keeps is no sign of life
    hub.take(gone, telemetry(2))
    assert hub.boxes()["box-01"].state == "online"


def test_a_silent_box_is_not_counted_on(hub):
    hub.take(telemetry(1))
    box = hub.boxes()["box-01"]
    assert box.reachable(T + 600)
    assert not box.reachable(T + 601)


def test_the_first_time_of_a_bench_comes_from_the_box(hub):
    hub.take(telemetry(1), now=0)
    assert hub.boxes()["box-01"].first_seen == T - 540
