"""Modbus RTU on the VM, on a real (pseudo-)serial line with a slave that answers late, twice, torn or to another.

Frames are made here by a CRC written from the serial line guide's appendix, bit by bit.
"""

import contextlib
import os
import pty
import select
import subprocess
import threading
import time
import tty
from pathlib import Path

from osb_hil.firmware import micropython

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PATH = os.pathsep.join([*(str(ROOT / part) for part in ("firmware", "wire", "tests")), ".frozen"])


def framed(body):
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return body + crc.to_bytes(2, "little")


def registers(unit, function, *words):
    return framed(bytes((unit, function, 2 * len(words))) + b"".join(w.to_bytes(2, "big") for w in words))


@contextlib.contextmanager
def slave(answer):
    """A line whose slave says `answer(question)`: parts one after the other, a number among them is a pause [s]."""
    near, box = pty.openpty()
    tty.setraw(box)
    stop, asked = os.pipe(), []

    def serve():
        while True:
            ready, _, _ = select.select([near, stop[0]], [], [])
            if stop[0] in ready:
                return
            asked.append(os.read(near, 300))
            for part in answer(asked[-1]):
                if isinstance(part, bytes):
                    os.write(near, part)
                else:
                    time.sleep(part)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield os.ttyname(box), asked
    finally:
        os.write(stop[1], b"x")
        thread.join(10)
        for fd in (near, box, *stop):
            os.close(fd)


def reads(answer, *questions, timeout_ms=150):
    """What the box makes of the answers, and what it has sent."""
    with slave(answer) as (port, asked):
        done = subprocess.run(
            [*micropython(), "-X", "heapsize=180k", str(HERE / "rtu_reads.py"), port, str(timeout_ms), *questions],
            env={**os.environ, "MICROPYPATH": PATH},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(), asked


def own_address(question):
    """A slave each of whose registers holds its own address."""
    unit, function, high, low, _, count = question[:6]
    return registers(unit, function, *(256 * high + low + i for i in range(count)))


def test_a_late_answer_is_never_taken_for_another_register_of_the_same_form():
    times = []

    def answer(question):
        times.append(question[3])
        # the answer about register 10 comes 200 ms late, when register 20 is asked for already
        return [0.2, own_address(question)] if len(times) == 1 else [own_address(question)]

    found, asked = reads(answer, "1:3:10:1", "1:3:20:1", "1:3:30:1", timeout_ms=150)
    assert found == ["timeout", "0014", "001e"]
    assert len(asked) == 3


def test_both_answers_to_a_question_that_was_asked_twice_belong_to_it():
    count = []

    def answer(question):
        count.append(question)
        return [0.2, own_address(question)] if len(count) < 3 else [own_address(question)]

    found, _ = reads(answer, "1:3:10:1", "1:3:10:1", "1:3:20:1", timeout_ms=150)
    assert found == ["timeout", "000a", "0014"]


def test_a_late_answer_costs_the_other_units_nothing():
    def answer(question):
        return [] if question[0] == 1 else [own_address(question)]

    begun = time.monotonic()
    found, _ = reads(answer, "1:3:10:1", *(f"2:3:{n}:1" for n in range(20)), timeout_ms=1000)
    assert found == ["timeout", *(f"{n:04x}" for n in range(20))]
    assert time.monotonic() - begun < 20  # and not 20 times what is waited for a late answer of unit 1


def test_glued_and_torn_frames():
    def answer(question):
        whole = own_address(question)
        other = registers(9, 3, 0xDEAD)
        return {
            1: [other + whole],
            2: [whole[:3], 0.02, whole[3:]],
            3: [whole[:4], 0.01, b"\xff", 0.01, whole],
            4: [whole[:-1]],
            5: [whole + other],
            6: [whole[1:] + whole],
        }[question[3]]

    found, _ = reads(answer, *(f"1:3:{n}:1" for n in range(1, 7)))
    assert found == ["0001", "0002", "0003", "frame", "0005", "0006"]


def test_an_echo_is_no_confirmation():
    """Functions 5 and 6 are confirmed by their own bytes: a line that echoes must not speak for a dead slave."""

    def answer(question):
        dead = question[1] == 6 and question[3] == 7
        confirmed = question[1] in (5, 6)
        return [question] if dead else [question, question if confirmed else own_address(question)]

    found, _ = reads(answer, "1:3:1:1", "1:6:7:=0001", "1:6:8:=0001", "1:3:2:1")
    assert found == ["0001", "timeout", "written", "0002"]


def test_an_echo_that_looks_like_the_answer():
    # register 0x0234, one of them: the echo begins 01 03 02 as the answer does; the answer follows 100 ms later
    found, _ = reads(lambda question: [question, 0.1, own_address(question)], "1:3:564:1", timeout_ms=300)
    assert found == ["0234"]


def test_writing_coils_and_registers():
    def answer(question):
        return [question if question[1] in (5, 6) else framed(question[:6])]

    found, asked = reads(answer, "1:5:3:=ff00", "1:6:4:=0102", "1:15:5:=0d", "1:16:6:=00010002")
    assert found == ["written"] * 4
    assert asked == [
        framed(bytes.fromhex("01050003ff00")),
        framed(bytes.fromhex("010600040102")),
        framed(bytes.fromhex("010f00050008010d")),
        framed(bytes.fromhex("0110000600020400010002")),
    ]


def test_every_exception_is_told_apart():
    kinds = {1: "exception", 2: "exception", 3: "exception", 4: "exception", 5: "busy", 6: "busy", 8: "exception"}
    kinds |= {10: "timeout", 11: "timeout"}
    found, _ = reads(lambda q: [framed(bytes((1, 0x83, q[3])))], *(f"1:3:{code}:1" for code in kinds))
    assert found == list(kinds.values())
