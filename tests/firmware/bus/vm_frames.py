"""CRC, PDUs and RTU framing against the bytes printed in the Modbus documents."""

from random import getrandbits, seed

from osb_box.bus import crc16, pdu
from osb_box.bus.rtu import find_answer


def test_crc_check_values():
    # Catalogue of parametrised CRC algorithms: CRC-16/MODBUS 0x4b37, CRC-16/ARC 0xbb3d over "123456789"
    assert crc16(b"123456789") == 0x4B37
    assert crc16(b"123456789", 0) == 0xBB3D


def test_crc_goes_on_over_parts():
    assert crc16(b"456789", crc16(b"123", 0)) == 0xBB3D


def test_crc_of_the_eastron_manual():
    # SDM630 protocol, example: 01 04 00 00 00 02 71 CB reads volts 1
    assert crc16(b"\x01\x04\x00\x00\x00\x02") == 0xCB71


def test_requests_of_the_modbus_specification():
    # MODBUS Application Protocol V1.1b3, sections 6.1, 6.3, 6.5, 6.6, 6.11, 6.12; unit 17 before them
    assert pdu.question(17, 1, 0x13, b"\x00\x13") == b"\x11\x01\x00\x13\x00\x13"
    assert pdu.question(17, 3, 0x6B, b"\x00\x03") == b"\x11\x03\x00\x6b\x00\x03"
    assert pdu.question(17, 5, 0xAC, b"\xff\x00") == b"\x11\x05\x00\xac\xff\x00"
    assert pdu.question(17, 6, 1, b"\x00\x03") == b"\x11\x06\x00\x01\x00\x03"
    assert pdu.question(17, 15, 0x13, b"\xcd\x01", 10) == b"\x11\x0f\x00\x13\x00\x0a\x02\xcd\x01"
    assert pdu.question(17, 16, 1, b"\x00\x0a\x01\x02") == b"\x11\x10\x00\x01\x00\x02\x04\x00\x0a\x01\x02"


def test_answers_that_fit():
    assert pdu.answer_form(b"\x11\x01\x00\x13\x00\x13") == (b"\x11\x01\x03", 6)  # 19 coils: 3 bytes
    assert pdu.answer_form(b"\x11\x03\x00\x6b\x00\x03") == (b"\x11\x03\x06", 9)
    asked = b"\x11\x10\x00\x01\x00\x02\x04\x00\x0a\x01\x02"
    assert pdu.answer_form(asked) == (b"\x11\x10\x00\x01\x00\x02", 6)


def test_refusals_speak():
    assert str(pdu.refusal(3, 2)) == "the device refused function 3: illegal data address (2)"
    assert pdu.refusal(3, 2).kind == "exception"
    assert pdu.refusal(3, 6).kind == "busy"
    assert pdu.refusal(3, 99).kind == "exception"


def test_a_gateway_that_reaches_nobody_is_a_device_that_does_not_answer():
    assert pdu.refusal(3, 11).kind == "timeout"
    assert "nobody answers behind the gateway (11)" in str(pdu.refusal(3, 11))


def framed(body):
    crc = crc16(body)
    return body + bytes((crc & 0xFF, crc >> 8))


def find(data):
    """Look for four bytes of input registers of unit 1."""
    return find_answer(bytes(data), b"\x01\x04\x04", 7)


# SDM630 protocol, example: volts 1 is 230.2: 01 04 04 43 66 33 34 1B 38
VOLTS = b"\x01\x04\x04\x43\x66\x33\x34\x1b\x38"


def test_answer_of_the_eastron_manual():
    assert find(VOLTS) == (0, 9, False)


def test_answer_in_pieces():
    for cut in range(1, 9):
        start, end, _ = find(VOLTS[:cut])
        assert (start, end) == (0, 0)


def test_noise_and_echo_are_stepped_over():
    request = b"\x01\x04\x00\x00\x00\x02\x71\xcb"
    assert find(b"\x00\x55" * 100 + VOLTS)[:2] == (200, 209)
    assert find(b"\x00" + VOLTS)[:2] == (1, 10)
    assert find(request + VOLTS)[:2] == (8, 17)
    assert find(b"\x01" + VOLTS)[:2] == (1, 10)  # a stray byte like the unit's number
    assert find(b"\x01\x04" + VOLTS)[:2] == (2, 11)


def test_what_cannot_be_the_answer_is_not_kept():
    assert find(b"\x02" + VOLTS[1:]) == (9, 0, False)  # of another unit
    assert find(framed(b"\x01\x03\x04\x00\x00\x00\x00")) == (9, 0, False)  # another function
    assert find(framed(b"\x01\x04\x02\x00\x00"))[1] == 0  # a late answer of another length


def test_exception_answers():
    frame = framed(b"\x01\x84\x02")
    assert frame == b"\x01\x84\x02\xc2\xc1"  # worked with the CRC of the serial line guide
    assert find(frame) == (0, 5, False)


def test_flipped_bits_are_never_accepted():
    seed(4)
    frames = 0
    for bit in range(72):  # every single bit
        bad = bytearray(VOLTS)
        bad[bit >> 3] ^= 1 << (bit & 7)
        assert find(bad)[1] == 0, bit
        frames += 1
    for _ in range(4000):  # two to four bits anywhere
        bad = bytearray(VOLTS)
        for _ in range(2 + getrandbits(1) + getrandbits(1)):
            bit = getrandbits(16) % 72
            bad[bit >> 3] ^= 1 << (bit & 7)
        start, end, _ = find(bad)
        assert end == 0 or bad[start:end] == VOLTS
        frames += 1
    assert frames == 4072


def test_damage_is_told_from_silence():
    bad = bytearray(VOLTS)
    bad[5] ^= 0x10
    assert find(bad)[2] is True
    assert find(b"\x02\x03")[2] is False
