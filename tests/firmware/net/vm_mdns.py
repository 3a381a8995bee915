"""Multicast DNS: literal questions (RFC 6762, 18; RFC 6763), hostile packets, and real UDP."""

import asyncio
import socket

from osb_box.net import mdns

OURS = mdns.Responder("box-1a2b", "192.168.1.17", 80)
HEAD = b"\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"
HOST = b"\x08box-1a2b\x05local\x00"
HTTP = b"\x05_http\x04_tcp\x05local\x00"
SERVICE = b"\x08box-1a2b" + HTTP
A_RECORD = HOST + b"\x00\x01\x80\x01\x00\x00\x00\x78\x00\x04\xc0\xa8\x01\x11"
PTR_RECORD = HTTP + b"\x00\x0c\x00\x01\x00\x00\x11\x94\x00\x1b" + SERVICE
SRV_RECORD = SERVICE + b"\x00\x21\x80\x01\x00\x00\x00\x78\x00\x16\x00\x00\x00\x00\x00\x50" + HOST
TXT_RECORD = SERVICE + b"\x00\x10\x80\x01\x00\x00\x11\x94\x00\x01\x00"
ANSWER = b"\x00\x00\x84\x00\x00\x00\x00"


def asked(name, kind, group=b"\x00\x01"):
    return HEAD + name + kind + group


def test_our_name_has_our_address_for_all_to_hear():
    assert OURS.answer(asked(HOST, b"\x00\x01"), 5353) == (ANSWER + b"\x01\x00\x00\x00\x00" + A_RECORD, False)


def test_capitals_are_no_difference():
    said = OURS.answer(asked(b"\x08BOX-1A2B\x05LOCAL\x00", b"\x00\x01"), 5353)
    assert said[0].endswith(A_RECORD)


def test_who_asks_for_an_answer_to_himself_gets_it_alone():
    assert OURS.answer(asked(HOST, b"\x00\x01", b"\x80\x01"), 5353)[1] is True


def test_who_looks_for_pages_is_told_of_ours_with_all_that_is_needed_to_open_it():
    said, alone = OURS.answer(asked(HTTP, b"\x00\x0c"), 5353)
    assert said == ANSWER + b"\x04\x00\x00\x00\x00" + PTR_RECORD + SRV_RECORD + TXT_RECORD + A_RECORD
    assert not alone


def test_the_kinds_of_service_are_told():
    types = b"\x09_services\x07_dns-sd\x04_udp\x05local\x00"
    said = OURS.answer(asked(types, b"\x00\x0c"), 5353)[0]
    assert said == ANSWER + b"\x01\x00\x00\x00\x00" + types + b"\x00\x0c\x00\x01\x00\x00\x11\x94\x00\x12" + HTTP


def test_a_plain_dns_client_gets_its_question_back_and_an_answer_that_does_not_live_long():
    question = b"\x12\x34" + asked(HOST, b"\x00\x01")[2:]
    said, alone = OURS.answer(question, 40000)
    assert alone
    plain = HOST + b"\x00\x01\x00\x01\x00\x00\x00\x0a\x00\x04\xc0\xa8\x01\x11"  # no cache-flush bit, 10 s (6.7)
    assert said == b"\x12\x34\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00" + HOST + b"\x00\x01\x00\x01" + plain


def test_names_of_others_are_left_to_them():
    for name in (b"\x08box-1a2c\x05local\x00", b"\x08box-1a2b\x03com\x00", b"\x05local\x00", b"\x00"):
        assert OURS.answer(asked(name, b"\x00\x01"), 5353) is None
    assert OURS.answer(asked(HOST, b"\x00\x1c"), 5353) is None  # we have no IPv6 address


def test_answers_of_others_are_no_questions():
    data = asked(HOST, b"\x00\x01")
    assert OURS.answer(data[:2] + b"\x84\x00" + data[4:], 5353) is None


def test_a_name_may_point_at_an_earlier_one():
    data = HEAD[:4] + b"\x00\x02" + HEAD[6:] + b"\x04none\x05local\x00\x00\x01\x00\x01"
    data += b"\x08box-1a2b\xc0\x11\x00\x01\x00\x01"  # "local" begins at byte 17
    assert OURS.answer(data, 5353)[0].endswith(A_RECORD)


def test_hostile_packets_are_survived_with_bounded_work():
    loop = HEAD + b"\xc0\x0c\x00\x01\x00\x01"
    chain = HEAD + b"".join([b"\xc0" + bytes((14 + 2 * i,)) for i in range(100)]) + b"\x00"
    long = HEAD + (b"\x3f" + b"a" * 63) * 20 + b"\x00\x00\x01\x00\x01"
    many = b"\x00\x00\x00\x00\xff\xff" + HEAD[6:] + (HOST + b"\x00\x01\x00\x01") * 60
    for data in (b"", HEAD, loop, chain, long, many, HEAD + b"\xff\xff", HEAD + b"\x3f"):
        assert OURS.answer(data, 5353) is None, data[:40]
    good = asked(HOST, b"\x00\x01")
    for size in range(len(good)):
        assert OURS.answer(good[:size], 5353) is None


def test_random_damage_never_raises():
    seed = 1
    good = asked(SERVICE, b"\x00\xff")
    for _ in range(1500):
        data = bytearray(good)
        for _ in range(3):
            seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
            data[(seed >> 8) % len(data)] = seed & 0xFF
        OURS.answer(bytes(data), 5353)


def test_a_good_bye_lives_for_no_time():
    said = OURS.announcement(False)
    assert HOST + b"\x00\x01\x80\x01\x00\x00\x00\x00\x00\x04\xc0\xa8\x01\x11" in said
    assert said.count(b"\x00\x00\x11\x94") == 0


async def test_it_answers_over_udp():
    task, port = None, 23000
    while task is None:
        ours = mdns.Responder("box-1a2b", "192.168.1.17", 80)
        task = asyncio.create_task(mdns.serve(ours, "127.0.0.1", "224.0.0.251", port))
        await asyncio.sleep_ms(20)
        if task.done():
            task, port = None, port + 1
            assert port < 23100
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
        sock.send(b"\xff" * 40)
        sock.send(b"\x12\x34" + asked(HOST, b"\x00\x01")[2:])
        await asyncio.wait_for_ms(mdns.readable(sock), 4000)
        assert sock.recv(512).endswith(b"\x00\x04\xc0\xa8\x01\x11")
    finally:
        task.cancel()
        sock.close()
