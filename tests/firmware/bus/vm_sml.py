"""SML telegrams: published ones to the digit; cut, glued, damaged and longer than anything."""

import gc

from telegrams import EMH, ISKRA

from osb_box.bus.sml import SmlBus

CODES = "1-0:1.8.0 1-0:1.8.1 1-0:1.8.2 1-0:2.8.0 1-0:2.8.1 1-0:2.8.2 1-0:16.7.0 1-0:36.7.0 1-0:56.7.0 1-0:76.7.0"
CODES = tuple((CODES + " 1-0:32.7.0 1-0:31.7.0").split(" "))
START = b"\x1b\x1b\x1b\x1b\x01\x01\x01\x01"
END = b"\x1b\x1b\x1b\x1b\x1a"


def crc(data):
    """CRC-16/X-25 bit by bit (ISO/IEC 13239), low byte first as SML has it."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0x8408 if register & 1 else register >> 1
    register ^= 0xFFFF
    return bytes((register & 0xFF, register >> 8))


def framed(messages):
    """A telegram with these messages in it."""
    body = messages.replace(b"\x1b\x1b\x1b\x1b", b"\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b")
    filling = -len(body) % 4
    body = START + body + bytes(filling) + END + bytes((filling,))
    return body + crc(body)


def entry(code, unit, scaler, value, status=b"\x01", time=b"\x01"):
    return (
        b"\x77\x07"
        + bytes(code)
        + b"\xff"
        + status
        + time
        + b"\x62"
        + bytes((unit, 0x52, scaler & 255))
        + value
        + b"\x01"
    )


def listening():
    bus = SmlBus(None)
    bus.codes = CODES
    return bus


def fed(*chunks):
    bus = listening()
    for chunk in chunks:
        bus.feed(chunk)
    return bus


def test_the_checksum_is_that_of_the_catalogue():
    assert crc(b"123456789") == b"\x6e\x90"  # CRC-16/IBM-SDLC of RevEng: 0x906E


def test_emh_example():
    assert fed(EMH).latest == {
        "1-0:1.8.0": 5551474,  # 5551474.1 Wh
        "1-0:1.8.1": 0,
        "1-0:1.8.2": 5551474,
        "1-0:2.8.0": 114238,  # 114238.3
        "1-0:2.8.1": 114238,
        "1-0:2.8.2": 0,
        "1-0:16.7.0": 464,  # 463.7 W
        "1-0:36.7.0": 0,
        "1-0:56.7.0": 77,  # 76.8
        "1-0:76.7.0": 387,  # 386.9
    }


def test_iskra_example():
    assert fed(ISKRA).latest == {"1-0:1.8.0": 79139, "1-0:2.8.0": 0, "1-0:16.7.0": 2144}


def test_signs_scalers_and_units():
    telegram = framed(
        entry((1, 0, 16, 7, 0), 27, -2, b"\x53\xd6\xca")  # -105.50 W
        + entry((1, 0, 36, 7, 0), 27, 0, b"\x53\xfe\x0c")  # -500 W
        + entry((1, 0, 32, 7, 0), 35, -1, b"\x63\x09\x13")  # 232.3 V
        + entry((1, 0, 31, 7, 0), 33, -2, b"\x62\x6a")  # 1.06 A
        + entry((1, 0, 1, 8, 0), 30, 3, b"\x69\x00\x00\x00\x00\x00\x01\xe2\x40")  # 123456 kWh in eight bytes
        + entry((1, 0, 2, 8, 0), 30, -1, b"\x59\x00\x00\x00\x00\x07\x5b\xcd\x15")
        + entry((1, 0, 56, 7, 0), 29, 0, b"\x52\x11")  # var: not asked for
        + entry((1, 0, 76, 7, 0), 27, 0, b"\x05\x31\x32\x33\x34")  # text is no number
    )
    assert fed(telegram).latest == {
        "1-0:16.7.0": -106,
        "1-0:36.7.0": -500,
        "1-0:32.7.0": 232300,
        "1-0:31.7.0": 1060,
        "1-0:1.8.0": 123456000,
        "1-0:2.8.0": 12345679,
    }


def test_times_of_every_form_are_stepped_over():
    seconds = b"\x72\x62\x01\x65\x00\x8f\x0f\x03"
    local = b"\x72\x62\x03\x73\x65\x55\x97\x00\xb6\x53\x00\x3c\x53\x00\x3c"
    bare = b"\x65\x01\x1c\x1e\xb7"  # as Holley's DTZ541 has it
    for time in (b"\x01", seconds, local, bare):
        assert fed(framed(entry((1, 0, 1, 8, 0), 30, 0, b"\x63\x12\x34", time=time))).latest == {"1-0:1.8.0": 0x1234}


def test_a_meter_that_tells_direction_in_its_status_only():
    # EMH ED300L: status 0x182 takes, 0x1B0 gives; 15.7.0 is a size
    def power(status):
        return fed(
            framed(
                entry((1, 0, 1, 8, 0), 30, -1, b"\x62\x64", status)
                + entry((1, 0, 15, 7, 0), 27, -1, b"\x55\0\0\x04\xf2")
            )
        ).latest

    assert power(b"\x63\x01\x82") == {"1-0:1.8.0": 10, "1-0:16.7.0": 127}
    assert power(b"\x63\x01\xb0") == {"1-0:1.8.0": 10, "1-0:16.7.0": -127}


def test_only_the_running_total_counts():
    other = entry((1, 0, 1, 8, 0), 30, 0, b"\x62\x05").replace(
        b"\x08\x00\xff", b"\x08\x00\x60"
    )  # 1.8.0*96: of the last day
    assert fed(framed(entry((1, 0, 1, 8, 0), 30, 0, b"\x62\x07") + other)).latest == {"1-0:1.8.0": 7}


def test_escapes_within_the_messages():
    for at in range(4):
        text = bytes(at) + b"\x09\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b"
        assert fed(framed(text + entry((1, 0, 1, 8, 0), 30, 0, b"\x65\x1b\x1b\x1b\x1b"))).latest == {
            "1-0:1.8.0": 0x1B1B1B1B
        }


def test_any_cut_of_the_stream_reads_the_same():
    want = fed(EMH).latest
    for size in (1, 2, 7, 64, 255):
        bus = listening()
        for at in range(0, len(EMH), size):
            bus.feed(EMH[at : at + size])
        assert (bus.latest, bus.damaged) == (want, 0), size


def test_noise_before_and_a_lost_end_cost_nothing_else():
    for noise in (b"\x1b", b"\x1b\x1b\x1b", b"\xff\x00\x1b\x01", EMH[150:], EMH[:200]):
        bus = fed(noise)
        bus.latest = None
        bus.feed(ISKRA)
        assert bus.latest == {"1-0:1.8.0": 79139, "1-0:2.8.0": 0, "1-0:16.7.0": 2144}, noise


def test_every_damaged_byte_is_noticed():
    for at in range(len(ISKRA)):
        for bit in (1, 128):
            bad = bytearray(ISKRA)
            bad[at] ^= bit
            assert fed(bytes(bad)).latest is None, at


def test_a_damaged_telegram_is_counted():
    bus = fed(EMH, ISKRA.replace(b"\x0c\x13\x61", b"\x0c\x13\x62"))
    assert (bus.damaged, bus.latest["1-0:16.7.0"]) == (1, 464)


def test_elements_and_telegrams_beyond_any_length_need_no_memory():
    bus = fed(START, b"\x8f\x8f\x8f\x0f")  # an element of 65,535 bytes
    gc.collect()
    before = gc.mem_free()
    for _ in range(4000):
        bus.feed(b"\x77\x07\x01\x00\x01\x08\x00\xff\x01\x01\x62\x1e\x52\xff\x65\x00\xf1\x0e\x8f\x8f\x8f")
    gc.collect()
    assert before - gc.mem_free() < 500
    bus.feed(ISKRA)
    assert bus.latest["1-0:16.7.0"] == 2144
