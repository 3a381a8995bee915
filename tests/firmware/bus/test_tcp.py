"""Modbus TCP on the VM against a server that answers late, wrongly, twice or not at all."""

import socket
import struct
import threading
from pathlib import Path

import pytest

from on_vm import run_vm

VM = Path(__file__).parent / "tcp_reads.py"


class Server:
    """Takes one connection after the other; `answer(number, unit, pdu)` returns what to send, None to hang up."""

    def __init__(self, answer):
        self.connections = 0
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with client:
                self._serve(client)

    def _serve(self, client):
        while head := client.recv(7, socket.MSG_WAITALL):
            number, _, size, unit = struct.unpack(">HHHB", head)
            reply = self._answer(number, unit, client.recv(size - 1, socket.MSG_WAITALL))
            if reply is None:
                return
            client.sendall(reply)

    def close(self):
        self._listener.close()


def frame(number, unit, pdu):
    return struct.pack(">HHHB", number, 0, len(pdu) + 1, unit) + pdu


def value(number):
    """One register that holds `number`."""
    return b"\x03\x02" + struct.pack(">H", number)


def reads(server, count, first=0, timeout_ms=200):
    done = run_vm(VM, server.port, count, first, timeout_ms, timeout=600)
    server.close()
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split("\n")[:-1]


def test_transaction_numbers_wrap():
    seen = []

    def answer(number, unit, pdu):
        seen.append(number)
        return frame(number, unit, value(7))

    assert reads(Server(answer), 4, first=65533) == ["7"] * 4
    assert seen == [65534, 65535, 0, 1]


@pytest.mark.parametrize(("first", "count"), [(65_000, 1_100), pytest.param(0, 140_000, marks=pytest.mark.soak)])
def test_the_65536th_transaction_is_one_like_all_others(first, count):
    """Every answer carries its own count: none is lost, repeated or taken for another, over the wrap and beyond."""
    asked = []

    def answer(number, unit, pdu):
        asked.append(number)
        return frame(number, unit, value(len(asked) & 0xFFFF))

    server = Server(answer)
    assert reads(server, count, first, 1000) == [str(i & 0xFFFF) for i in range(1, count + 1)]
    assert asked == [(first + i) & 0xFFFF for i in range(1, count + 1)]
    assert server.connections == 1


def test_late_answers_are_not_taken_for_this_one():
    held = []

    def answer(number, unit, pdu):
        held.append(number)
        if len(held) == 1:
            return b""  # too late for this one ...
        return frame(held[-2], unit, value(1111)) + frame(number, unit, value(number))  # ... and now before the next

    server = Server(answer)
    assert reads(server, 3) == ["timeout", "2", "3"]
    assert server.connections == 1


def test_half_a_late_answer_does_not_spoil_the_next():
    late = frame(1, 1, value(1111))

    def answer(number, unit, pdu):
        return late[:5] if number == 1 else late[5:] + frame(number, unit, value(number))

    assert reads(Server(answer), 2) == ["timeout", "2"]


def test_a_closed_connection_is_opened_again():
    def answer(number, unit, pdu):
        return None if number == 2 else frame(number, unit, value(number))

    server = Server(answer)
    assert reads(server, 3) == ["1", "closed", "3"]
    assert server.connections == 2


def test_a_connection_that_stays_silent_is_given_up():
    server = Server(lambda number, unit, pdu: frame(number, unit, value(number)) if number > 2 else b"")
    assert reads(server, 3) == ["timeout", "timeout", "3"]
    assert server.connections == 2


def test_wrong_answers_are_refused():
    answers = {
        1: lambda n, u: frame(n, u, b"\x04\x02\x00\x01"),  # another function
        2: lambda n, u: frame(n, u, b"\x03\x04\x00\x01\x00\x02"),  # another length
        3: lambda n, u: frame(n, u + 1, value(1)),  # another unit
        4: lambda n, u: frame(n, u, b"\x83\x02"),
        5: lambda n, u: b"HTTP/1.1 400 Bad Request\r\n\r\n",
        6: lambda n, u: frame(n, u, value(6)),
    }
    lines = reads(Server(lambda number, unit, pdu: answers[number](number, unit)), 6)
    assert lines == ["frame", "frame", "frame", "exception", "frame", "6"]


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert run_vm(VM, port, 1, 0, 200).stdout == "closed\n"
