"""MQTT packets as bytes. Section numbers are those of the OASIS standard MQTT 3.1.1."""

from osb_box.link import packets


def test_remaining_length_at_the_limits_of_its_table():
    # table 2.4: 127 is 0x7F; 128 is 0x80 0x01; 16383 is 0xFF 0x7F; 16384 is 0x80 0x80 0x01; 2097152 is 80 80 80 01
    assert packets.head(0x30, 0) == b"\x30\x00"
    assert packets.head(0x30, 127) == b"\x30\x7f"
    assert packets.head(0x30, 128) == b"\x30\x80\x01"
    assert packets.head(0x30, 16383) == b"\x30\xff\x7f"
    assert packets.head(0x30, 16384) == b"\x30\x80\x80\x01"
    assert packets.head(0x30, 2097152) == b"\x30\x80\x80\x80\x01"
    assert packets.head(0x30, 321) == b"\x30\xc1\x02"  # the example of 2.2.3: 65 + 2*128 = 321, sent as 193, 2


def test_a_string_carries_its_length():
    # figure 1.2 of 1.5.3: the string "A" U+2A6D4
    assert packets.text("A\U0002a6d4") == b"\x00\x05A\xf0\xaa\x9b\x94"


def test_connect():
    # 3.1.2: protocol name, level 4; flags: user, password, will retain, will QoS 1, will, clean session = 0xEE
    # (figure 3.8 has the same but no will retain: 0xCE); keep alive 10 s; payload: id, will topic, will, user, password
    assert packets.connect("a", 10, "u", "pw", "t", b"off") == (
        b"\x10\x1c\x00\x04MQTT\x04\xee\x00\x0a\x00\x01a\x00\x01t\x00\x03off\x00\x01u\x00\x02pw"
    )
    assert packets.connect("a", 60, None, None, "t", b"x")[9:12] == b"\x2e\x00\x3c"


def test_subscribe():
    # figure 3.23 of 3.8.3: "a/b" with QoS 1; packet identifier 10 as in figure 3.21
    assert packets.subscribe(10, ["a/b"]) == b"\x82\x08\x00\x0a\x00\x03a/b\x01"


def test_publish():
    # figure 3.11 of 3.3.2: topic "a/b", packet identifier 10; QoS 1 in the first byte
    assert packets.publish_head(10, "a/b", 0, False) == b"\x32\x07\x00\x03a/b\x00\x0a"
    assert packets.publish_head(10, "a/b", 3, True) == b"\x33\x0a\x00\x03a/b\x00\x0a"


def test_short_ones():
    assert packets.puback(0x1234) == b"\x40\x02\x12\x34"  # 3.4
    assert packets.PINGREQ == b"\xc0\x00"  # 3.12
    assert packets.DISCONNECT == b"\xe0\x00"  # 3.14
