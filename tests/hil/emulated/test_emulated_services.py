"""Names and time on the emulated network, byte by byte (RFC 1035, 4.1; RFC 5905, figure 8)."""

from osb_hil.emulated.services import services, the_time


def test_the_time_of_a_request():
    request = b"\x23" + bytes(39) + b"whoasks!"
    answer = the_time(request, 1768432500.25)  # 2026-01-14T23:15:00Z is 3,977,421,300 s after 1900
    assert len(answer) == 48
    assert answer[0] == 0b00_100_100  # no leap second announced, version 4, a server
    assert 1 <= answer[1] <= 15
    assert answer[24:32] == b"whoasks!"
    assert answer[40:48] == bytes.fromhex("ed12a1f4 40000000")
    assert the_time(b"\x23", 1768432500.25) is None


def test_every_name_is_the_gateway_and_time_goes_on_as_the_chip_lives_it():
    emulated = [5.0]
    served = services(bytes([10, 0, 0, 1]), lambda: emulated[0])
    question = bytes.fromhex("1234 0100 0001 0000 0000 0000 03687562 0562656e6368 00 0001 0001")
    answer = served[53](question)
    assert answer[:4] == bytes.fromhex("1234 8180")
    assert answer[6:8] == b"\x00\x01"  # one answer
    assert answer[12:27] == question[12:]
    assert answer[-4:] == bytes([10, 0, 0, 1])
    first = served[123](bytes(48))[40:44]
    emulated[0] += 3600
    assert int.from_bytes(served[123](bytes(48))[40:44], "big") - int.from_bytes(first, "big") in (3600, 3601)
