"""In our access point every name is ours: real UDP, literal questions in the form of RFC 1035, 4.1."""

import asyncio
import socket

from osb_box.net import portal
from osb_box.net.dns import readable

OURS = b"\xc0\xa8\x04\x01"
# Android asks whether it is online
ASKED = b"\xbe\xef\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x11connectivitycheck\x07gstatic\x03com\x00\x00\x01\x00\x01"
ANSWER = (
    b"\xbe\xef\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00\x11connectivitycheck\x07gstatic\x03com\x00\x00\x01\x00\x01"
    b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\xc0\xa8\x04\x01"
)


def test_every_name_has_our_address_and_for_no_time_at_all():
    assert portal.answer(ASKED, OURS) == ANSWER


def test_for_ipv6_and_the_rest_there_is_nothing():
    for kind in (b"\x00\x1c", b"\x00\x41", b"\x00\x0f"):  # AAAA, HTTPS, MX
        asked = ASKED[:-4] + kind + b"\x00\x01"
        said = portal.answer(asked, OURS)
        assert said == asked[:2] + b"\x85\x80\x00\x01\x00\x00\x00\x00\x00\x00" + asked[12:]


def test_what_follows_the_question_is_not_sent_back():
    edns = ASKED[:10] + b"\x00\x01" + ASKED[12:] + b"\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00"
    assert portal.answer(edns, OURS) == ANSWER


def test_fools_get_no_answer():
    for asked in (
        b"",
        ASKED[:11],
        ASKED[:-1],  # cut short
        ASKED[:-6],
        ASKED[:2] + b"\x81\x80" + ASKED[4:],  # an answer: two of us would talk for ever
        ASKED[:4] + b"\x00\x02" + ASKED[6:],  # two questions
        ASKED[:12] + b"\xc0\x0c\x00\x01\x00\x01",  # a name that points at itself
        ASKED[:12] + b"\x3f" * 480,
        ASKED[:2] + b"\x28\x00" + ASKED[4:],  # an update
    ):
        assert portal.answer(asked, OURS) is None, asked


def test_every_cut_and_every_changed_byte_is_survived():
    for size in range(len(ASKED)):
        assert portal.answer(ASKED[:size], OURS) is None
    for i in range(len(ASKED)):
        for value in (0x00, 0x01, 0x3F, 0x40, 0xC0, 0xFF):
            said = portal.answer(ASKED[:i] + bytes((value,)) + ASKED[i + 1 :], OURS)
            assert said is None or len(said) <= len(ANSWER)


async def test_it_serves_over_udp_and_garbage_does_not_end_it():
    task, port = None, 22000
    while task is None:
        task = asyncio.create_task(portal.serve("127.0.0.1", port))
        await asyncio.sleep_ms(10)
        if task.done():
            task, port = None, port + 1
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
        for junk in (b"\x00", b"\xff" * 512, ASKED[:20]):
            sock.send(junk)
        sock.send(ASKED)
        await asyncio.wait_for_ms(readable(sock), 2000)
        assert sock.recv(512) == ANSWER[:-4] + b"\x7f\x00\x00\x01"
    finally:
        task.cancel()
        sock.close()
