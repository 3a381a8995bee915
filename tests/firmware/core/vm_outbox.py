"""The outbox on a real file system: what was recorded comes back, in order, whatever the power does."""

import gc
import json
import os

from osb_box import journal
from osb_box.outbox import Outbox

T = 1768431600
ROWS = [["grid.power", 1234, "W", "good", 0], ["grid.import", 5678901, "Wh", "good", 0]]


def folder(name):
    """An empty directory; the tests of one file run on one VM, in its temporary folder."""
    path = (os.getenv("TMPDIR") or "/tmp") + "/osb-outbox-%s-%d" % (name, os.urandom(1)[0] << 8 | os.urandom(1)[0])
    os.mkdir(path)
    return path


def remove(path):
    for name in os.listdir(path):
        os.remove(path + "/" + name)
    os.rmdir(path)


def opened(path, now=T, max_bytes=16384, flush_s=0):
    floor, segments = journal.scan(path)
    return Outbox(path, max_bytes, flush_s, journal.begin(path, max(now, floor + 1)), segments)


def all_sent(outbox):
    """(epoch, seq) of everything that is sent now."""
    out = []
    while True:
        record = outbox.next_message()
        if record is None:
            return out
        out.append(record[:2])
        del record
        gc.collect()  # what this test keeps must not come to lie between garbage, all over the heap


def segments(path):
    return sorted(name for name in os.listdir(path) if name.endswith(".seg"))


def test_a_record_is_a_telemetry_message_of_the_contract():
    path = folder("wire")
    outbox = opened(path)
    outbox.append(T + 60, ROWS)
    epoch, seq, payload = outbox.next_message()
    assert (epoch, seq) == (T, 1)
    assert json.loads(payload) == {"epoch": T, "seq": 1, "oldest": 1, "t": T + 60, "points": ROWS}
    assert outbox.next_message() is None
    assert (outbox.epoch, outbox.messages, outbox.readings, outbox.pending(), outbox.dropped) == (T, 1, 2, 1, 0)
    remove(path)


def test_a_receipt_counts_for_all_before_it_and_oldest_moves_on():
    path = folder("ack")
    outbox = opened(path)
    for i in range(5):
        outbox.append(T + i, ROWS)
    assert all_sent(outbox) == [(T, 1), (T, 2), (T, 3), (T, 4), (T, 5)]
    assert outbox.ack(T, 3)
    assert not outbox.ack(T, 3)
    assert not outbox.ack(T, 2)
    assert outbox.pending() == 2
    outbox.rewind()
    payload = outbox.next_message()[2]
    assert json.loads(payload)["seq"] == 4
    assert json.loads(payload)["oldest"] == 4
    assert outbox.ack(T, 99)  # more than was ever sent counts as all of it
    assert outbox.pending() == 0
    outbox.append(T + 9, ROWS)
    assert outbox.pending() == 1
    remove(path)


def test_after_a_power_cut_everything_is_sent_again_under_its_old_number():
    path = folder("cut")
    outbox = opened(path)
    for i in range(3):
        outbox.append(T + i, ROWS)
    all_sent(outbox)
    again = opened(path, T + 600)
    again.append(T + 600, ROWS)
    assert all_sent(again) == [(T, 1), (T, 2), (T, 3), (T + 600, 1)]
    again.ack(T, 3)
    assert len(segments(path)) == 1
    assert again.pending() == 1
    remove(path)


def test_an_epoch_is_never_used_twice_even_if_time_stands_still_or_goes_back():
    path = folder("epoch")
    assert opened(path).epoch == T
    assert opened(path).epoch == T + 1
    assert journal.scan(path)[0] == T + 1  # the clock starts no earlier than this
    assert opened(path, T - 100000).epoch == T + 2
    remove(path)


def test_a_torn_end_costs_the_torn_record_alone():
    for cut in (1, 17, 18, 40):  # within the payload, the header, and the record before
        path = folder("torn")
        outbox = opened(path)
        for i in range(3):
            outbox.append(T + i, ROWS)
        name = path + "/" + segments(path)[0]
        with open(name, "rb") as f:
            data = f.read()
        record = len(data) // 3
        with open(name, "wb") as f:
            f.write(data[: 2 * record + (record - cut)])
        again = opened(path, T + 600)
        again.append(T + 600, ROWS)
        assert all_sent(again) == [(T, 1), (T, 2), (T + 600, 1)], cut
        remove(path)


def test_a_flipped_bit_is_noticed():
    path = folder("bit")
    outbox = opened(path)
    for i in range(3):
        outbox.append(T + i, ROWS)
    name = path + "/" + segments(path)[0]
    with open(name, "rb") as f:
        data = bytearray(f.read())
    data[len(data) // 3 + 30] ^= 4
    with open(name, "wb") as f:
        f.write(data)
    assert all_sent(opened(path, T + 600)) == [(T, 1)]
    remove(path)


def test_damage_found_while_sending_is_dropped_and_counted():
    path = folder("rot")
    outbox = opened(path)
    for i in range(3):
        outbox.append(T + i, ROWS)
    with open(path + "/" + segments(path)[0], "r+b") as f:
        f.seek(25)
        f.write(b"\xff\xff")
    outbox.append(T + 3, ROWS)
    assert outbox.next_message() is None
    assert outbox.dropped == 4
    outbox.append(T + 4, ROWS)
    assert all_sent(outbox) == [(T, 5)]
    remove(path)


def test_the_oldest_goes_when_the_flash_is_full_and_is_counted():
    path = folder("full")
    outbox = opened(path)
    for i in range(300):
        outbox.append(T + 900 * i, ROWS)
    stored = sum(os.stat(path + "/" + name)[6] for name in segments(path))
    assert stored <= 16384 + 200, stored
    kept = all_sent(outbox)
    assert kept[-1] == (T, 300)
    assert kept == [(T, seq) for seq in range(kept[0][1], 301)]
    assert outbox.pending() + outbox.dropped == 300
    assert outbox.pending() == len(kept) > 100
    outbox.rewind()
    assert json.loads(outbox.next_message()[2])["oldest"] == kept[0][1]
    again = opened(path, T + 600)
    assert all_sent(again) == kept
    remove(path)


def test_a_long_backlog_gets_sparse_before_anything_is_lost():
    """16 kB hold 165 records of 81 B and 18 of header. Twenty hours of minutes, all without the hub."""
    path = folder("sparse")
    outbox = opened(path)
    start = T - T % 900
    for minute in range(1200):
        outbox.append(start + 60 * minute, ROWS)
    assert outbox.dropped == 0
    assert outbox.messages + outbox.spared == 1200
    times = []
    while True:
        record = outbox.next_message()
        if record is None:
            break
        times.append(json.loads(record[2])["t"])
        del record
        gc.collect()
    assert len(times) == outbox.messages
    minutes = [(t - start) // 60 for t in times]
    dense = minutes.index(next(m for i, m in enumerate(minutes) if m != i))
    assert minutes[:dense] == list(range(dense))
    assert dense > 50
    first = -(-dense // 15) * 15
    assert minutes[dense:] == list(range(first, 1200, 15))
    outbox.ack(T, outbox.messages)
    for minute in range(1200, 1210):
        outbox.append(start + 60 * minute, ROWS)
    assert outbox.pending() == 10
    remove(path)


def test_what_the_hub_has_is_deleted():
    path = folder("delete")
    outbox = opened(path)
    for i in range(100):
        outbox.append(T + i, ROWS)
        all_sent(outbox)
        outbox.ack(T, i + 1)
    assert len(segments(path)) == 1
    assert outbox.pending() == 0
    remove(path)


def test_batched_records_are_sent_at_once_and_written_late_or_never():
    path = folder("batch")
    outbox = opened(path, flush_s=300)
    outbox.append(T, ROWS)
    outbox.append(T + 60, ROWS)
    assert all_sent(outbox) == [(T, 1), (T, 2)]
    assert segments(path) == []
    outbox.ack(T, 1)
    outbox.append(T + 120, ROWS)
    outbox.append(T + 420, ROWS)  # 360 s after the oldest that still waits
    assert segments(path) == ["%d-2.seg" % T]
    assert outbox.pending() == 3
    assert all_sent(outbox) == [(T, 3), (T, 4)]
    assert all_sent(opened(path, T + 600)) == [(T, 2), (T, 3), (T, 4)]
    remove(path)


def test_a_batch_does_not_grow_without_bound():
    path = folder("ram")
    outbox = opened(path, flush_s=3600)
    for i in range(100):
        outbox.append(T + i, ROWS)
    assert len(segments(path)) >= 1
    assert all_sent(outbox) == [(T, seq) for seq in range(1, 101)]
    remove(path)


def test_a_flash_that_refuses_leaves_the_newest_to_be_sent_from_memory():
    path = folder("gone")
    outbox = opened(path)
    outbox.append(T, ROWS)
    remove(path)
    outbox.ack(T, 1)
    outbox._abandon()  # the next record needs a new file, in a directory that is not there
    refused = 0
    for i in range(3):
        try:
            outbox.append(T + 60 + i, ROWS)
        except OSError:
            refused += 1
    assert refused == 3
    assert all_sent(outbox) == [(T, 2), (T, 3), (T, 4)]


def test_many_boots_fill_neither_memory_nor_flash_with_files():
    path = folder("boots")
    for i in range(45):
        opened(path, T + i).append(T + i, ROWS)
    assert len(segments(path)) == 32  # of a block of flash each
    remove(path)
