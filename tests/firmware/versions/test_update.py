"""Updates on the real VM: however one goes wrong, a version that works runs at the end, and says which and why."""

import json
import shutil
import time
import zlib

import pytest

from osb_hub.firmware import keys, release


def settled(release):
    return lambda state: state["release"] == release and not state["on_trial"]


def test_a_signed_version_is_installed_proves_itself_and_says_so(board, publisher):
    publisher.publish(7)
    board.boot(reset=False)
    first = board.until(lambda state: state["version"] == "0.1.0")
    assert (first["slot"], first["release"], first["on_trial"]) == ("flashed", 0, False)
    state = board.until(settled(7))
    assert state["version"] == "0.7.0"
    assert state["last"] == "release 7 was installed and works"
    assert state["previous"] == "flashed"
    publisher.asked.clear()
    publisher.publish(8)
    state = board.until(settled(8))
    assert (state["version"], state["slot"], state["previous"]) == ("0.8.0", "a", "b")
    fetched = {line for line in publisher.asked if "/parts/" in line}
    assert 1 <= len(fetched) <= 4  # what differs is fetched, the rest is copied from the slot that runs
    assert sum(f.stat().st_size for f in board.flash.glob("slots/*.pack")) < 2 * 250_000  # no third version
    board.cut()
    board.boot(reset=False)
    assert board.until(lambda _: True)["version"] == "0.8.0"


def test_a_pack_that_is_damaged_or_gone_gives_way_to_the_other_version(board, publisher):
    publisher.publish(7)
    board.boot(reset=False)
    board.until(settled(7))
    board.cut()
    pack = board.flash / "slots/b.pack"
    content = bytearray(pack.read_bytes())
    content[40] ^= 1  # in the index
    pack.write_bytes(content)
    board.boot(reset=False)
    state = board.until(lambda _: True)
    assert (state["version"], state["slot"]) == ("0.1.0", "flashed")
    assert state["last"].startswith("the version in slot b cannot start: ")
    board.cut()
    (board.flash / "slots/a.pack").unlink()
    board.boot(reset=False)
    assert "cannot start: " in board.until_recovery()["last"]


@pytest.mark.soak
def test_a_version_that_is_not_as_it_was_signed_never_starts(board, publisher):
    made = publisher.publish(7, [("osb_box/cycle.py", "_MAX_ROWS = const(64)", "_MAX_ROWS = const(63)")])
    place = publisher.site / made.key / "manifest"
    good = place.read_bytes()
    place.write_bytes(good.replace(b'"release": 7', b'"release": 9'))
    board.boot(reset=False)
    state = board.until(lambda state: state["looked"])
    assert state["looked"] == "the signature of the manifest is not that of the update key"
    place.write_bytes(good)
    held = {json.loads(line)[1] for line in (board.flash / "slots/a.manifest").read_text().splitlines()[1:]}
    new = [part for part in made.parts if part.digest not in held]
    victim = publisher.site / "parts" / new[-1].digest
    whole = victim.read_bytes()
    victim.write_bytes(whole[:-20])
    state = board.until(lambda state: "where the manifest says" in state["looked"])
    victim.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    state = board.until(lambda state: "did not arrive" in state["looked"])
    assert state["looked"] == "a part of release 7 did not arrive as the manifest says"
    assert (state["version"], board.ends) == ("0.1.0", [])
    publisher.asked.clear()
    victim.write_bytes(whole)
    assert board.until(settled(7))["version"] == "0.7.0"
    fetched = {line for line in publisher.asked if "/parts/" in line}
    assert fetched == {f"/parts/{new[-1].digest}"}  # it goes on where it had to stop
    assert len(new) > 1


NOBODY = {"host": "127.0.0.1", "port": 9, "user": "u", "password": "p", "keepalive_s": 60, "retry_s": 60}
CRASHES = [
    ("osb_box/app.py", "import asyncio\n", "import asyncio\nimport nothing_of_the_kind\n", "no module named"),
    ("osb_box/build.py", "    folder = port.state_dir()\n", "    folder = 1 // 0\n", "divide by zero"),
    ("osb_box/cycle.py", "        now = self.clock.now() - 1\n", "        raise TypeError('a fault')\n", "a fault"),
]


def test_a_version_that_crashes_is_taken_back_whatever_crashes(board, publisher):
    for number, (file, old, new, why) in enumerate(CRASHES, 7):
        publisher.publish(number, [(file, old, new), ("osb_box/supervisor.py", "(1, 5, 15, 60, 300)", "(0,) * 5")])
        if number == 7:
            board.boot(reset=False)
        state = board.until(lambda state, number=number: state["taken_back"] == number)
        assert (state["version"], state["slot"]) == ("0.1.0", "flashed")
        assert state["last"].startswith(f"release {number} was taken back: it crashed 2 times: ")
        assert why in state["last"]
    assert board.until(lambda state: state["looked"])["looked"].startswith("release 9 was taken back here before")
    publisher.publish(10)
    assert board.until(settled(10))["version"] == "0.10.0"


@pytest.mark.soak
def test_a_version_that_runs_but_does_not_work_is_taken_back_after_its_time(board, publisher):
    publisher.publish(7, [("osb_box/cycle.py", "        rows = []\n", "        rows = [][0]\n")])
    board.boot(reset=False)
    state = board.until(lambda state: state["taken_back"] == 7)
    assert state["version"] == "0.1.0"
    assert state["last"].startswith("release 7 was taken back: within 8 s it was not healthy: report: IndexError")


@pytest.mark.soak
def test_a_version_that_hangs_is_bitten_and_taken_back(board, publisher):
    hang = "    print('hangs')\n    while True:\n        pass\n"
    publisher.publish(7, [("osb_box/build.py", "    folder = port.state_dir()\n", hang)])
    board.boot(reset=False)
    for bite in (1, 2):
        for _ in range(400):
            board.turn()
            if board.log.count("hangs") == bite:
                break
            time.sleep(0.1)
        board.cut()  # the watchdog: 8 s without a sign of life
    state = board.until(lambda state: state["taken_back"] == 7)
    assert state["last"] == "release 7 was taken back: it crashed 2 times: the watchdog bit"
    assert state["version"] == "0.1.0"


@pytest.mark.soak
def test_power_cuts_during_a_trial_are_no_crashes(board, publisher):
    slow = [("osb_box/health.py", "const(3)", "const(10)"), ("osb_box/trial.py", "const(8000)", "const(60000)")]
    publisher.publish(7, slow)
    board.boot(reset=False)
    board.until(lambda state: state["on_trial"])
    for _ in range(4):
        board.cut()
        board.boot(reset=False)
        assert board.until(lambda state: True)["crashes"] == 0
    assert board.until(settled(7))["version"] == "0.7.0"


@pytest.mark.soak
def test_a_version_that_does_not_reach_the_hub_has_longer_than_one_that_does_not_work(board, publisher):
    board.change(hub=NOBODY)
    publisher.publish(7, [("osb_box/trial.py", "const(86400000)", "const(14000)")])
    board.boot(reset=False)
    state = board.until(lambda state: state["taken_back"] == 7)
    assert state["last"].startswith("release 7 was taken back: within 14 s it was not healthy: the hub was not reached")


def test_restarts_that_somebody_asked_for_are_no_crashes_and_nobody_needs_a_hub_to_be_well(board):
    board.change(hub=NOBODY)
    record = b'{"crashes": 3, "note": null}'  # two more, and the box would show its recovery page
    (board.flash / "slots.json").write_bytes(b"%08x\n%s" % (zlib.crc32(record), record))
    board.boot(reset=False)
    assert board.until(lambda state: True)["crashes"] == 3
    board.until(lambda state: state["crashes"] == 0)
    for poll_s in (2, 1):
        assert board.post("/api/setup", {"settings": {"poll_s": poll_s}}) == {"ok": True}
        board.until_restarted()
        assert board.until(lambda state: True)["crashes"] == 0
        board.until(lambda state: not (board.flash / "config.try").exists())
    assert board.post("/api/reset", {"code": "letmein", "leave": "house"}) == {"ok": True}
    board.until_restarted()
    assert board.until(lambda state: True)["crashes"] == 0


@pytest.mark.soak
def test_an_older_release_is_refused_even_if_signed(board, publisher):
    publisher.publish(7)
    board.boot(reset=False)
    board.until(settled(7))
    old = publisher.release(6)
    shutil.rmtree(publisher.site / old.key)
    release.publish(old, publisher.site)
    state = board.until(lambda state: state["looked"] and "older" in state["looked"])
    assert state["looked"] == "release 6 is older than release 7, which ran here"
    assert state["version"] == "0.7.0"


@pytest.mark.soak
def test_a_release_for_another_board_is_refused(board, publisher):
    publisher.publish(7, boards=["pico_w", "esp32_s3"])
    board.boot(reset=False)
    state = board.until(lambda state: state["looked"])
    assert state["looked"] == "release 7 is for pico_w, esp32_s3, this is linux"


@pytest.mark.soak
def test_a_key_is_followed_by_the_next_once_its_release_is_kept(board, publisher):
    second = publisher._key("second")
    publisher.publish(7, next_key=second)
    publisher.publish(8, key="second")
    board.boot(reset=False)
    assert board.until(settled(8))["version"] == "0.8.0"
    publisher.publish(9)  # the old key, stolen since, is no longer believed
    publisher.asked.clear()
    state = board.until(lambda state: len(publisher.asked) > 2)
    assert {line for line in publisher.asked if "manifest" in line} == {f"/{keys.key_id(second)}/manifest"}
    assert state["version"] == "0.8.0"
