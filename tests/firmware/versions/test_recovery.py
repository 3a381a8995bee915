"""The page of last resort on the real VM: nothing of any version is in memory, and a signed one brings the box back."""

import struct

import httpx

CRASH = ("osb_box/app.py", "import asyncio\n", "import asyncio\nimport nothing_of_the_kind\n")
RETRY = "const(900)"


def upload(board, data):
    answer = httpx.post(board.rescue + "/install", content=data, timeout=30, trust_env=False)
    return answer.status_code, answer.json()["said"]


def test_a_box_that_cannot_start_waits_for_a_signed_version(board, publisher, tmp_path):
    settings = (board.flash / "config.json").read_bytes()
    broken = publisher.release(1, [CRASH], name="0.1.1")
    board._firmware = tmp_path / "built-0.1.1-first"
    board.boot(reset=False)
    state = board.until_recovery()
    assert board.ends == [3] * 5
    assert state["last"].startswith("the box crashed 5 times: ImportError: no module named 'nothing_of_the_kind'")
    page = httpx.get(board.rescue + "/", timeout=10, trust_env=False).text
    assert "This box needs help" in page
    assert "nothing_of_the_kind" in page
    assert "letmein" not in page + str(state)
    board.cut()
    board.boot(reset=False)
    board.until_recovery()  # a power cut does not bring the loop back

    bundle = (publisher.release(7).folder / "bundle.osb").read_bytes()
    assert upload(board, b"GIF89a")[0] == 400
    assert upload(board, b"<html>") == (400, "Not installed: this is not a bundle made by vpp firmware sign.")
    changed = bundle.replace(b'"release": 7', b'"release": 8')
    assert upload(board, changed) == (
        400,
        "Not installed: the signature of the manifest is not that of the update key.",
    )
    size = struct.unpack(">I", bundle[388:392])[0]
    damaged = bytearray(bundle)
    damaged[392 + size + 100] ^= 1
    assert "did not arrive as the manifest says" in upload(board, bytes(damaged))[1]
    assert upload(board, bundle[:-10])[0] == 400
    assert board.until_recovery()["slot"] == "flashed"

    assert upload(board, bundle) == (200, "Release 7 is installed. The box starts it now.")
    state = board.until(lambda state: state["release"] == 7 and not state["on_trial"])
    assert (state["version"], state["last"]) == ("0.7.0", "release 7 was installed and works")
    assert (board.flash / "config.json").read_bytes() == settings
    assert broken.head["release"] == 1


def test_asked_to_try_again_it_does_once(board, publisher, tmp_path):
    publisher.release(1, [CRASH], name="0.1.1")
    board._firmware = tmp_path / "built-0.1.1-first"
    board.boot(reset=False)
    board.until_recovery()
    httpx.post(board.rescue + "/retry", timeout=10, trust_env=False)
    board._process.wait(20)
    board.until_recovery()
    assert board.ends == [3] * 7  # five crashes, the page's own restart, one more crash
