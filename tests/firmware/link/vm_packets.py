"""MQTT packets as bytes. Section numbers are those of the OASIS standard MQTT 3.1.1."""

import asyncio

from osb_box import net
from osb_box.link import mqtt, opening


def head(more):
    return mqtt.packet(0x30, b"", more)


def test_remaining_length_at_the_limits_of_its_table():
    # table 2.4: 127 is 0x7F; 128 is 0x80 0x01; 16383 is 0xFF 0x7F; 16384 is 0x80 0x80 0x01; 2097152 is 80 80 80 01
    assert head(0) == b"\x30\x00"
    assert head(127) == b"\x30\x7f"
    assert head(128) == b"\x30\x80\x01"
    assert head(16383) == b"\x30\xff\x7f"
    assert head(16384) == b"\x30\x80\x80\x01"
    assert head(2097152) == b"\x30\x80\x80\x80\x01"
    assert head(321) == b"\x30\xc1\x02"  # the example of 2.2.3: 65 + 2*128 = 321, sent as 193, 2


def test_a_string_carries_its_length():
    # figure 1.2 of 1.5.3: the string "A" U+2A6D4
    assert mqtt.text("A\U0002a6d4") == b"\x00\x05A\xf0\xaa\x9b\x94"


def test_connect():
    # 3.1.2: protocol name, level 4; flags: user, password, will retain, will QoS 1, will, clean session = 0xEE
    # (figure 3.8 has the same but no will retain: 0xCE); keep alive 10 s; payload: id, will topic, will, user, password
    assert opening.connect("a", 10, "u", "pw", "t", b"off") == (
        b"\x10\x1c\x00\x04MQTT\x04\xee\x00\x0a\x00\x01a\x00\x01t\x00\x03off\x00\x01u\x00\x02pw"
    )
    assert opening.connect("a", 60, None, None, "t", b"x")[9:12] == b"\x2e\x00\x3c"


class Wire:
    """The stream of a broker that never says anything; keeps what it is told."""

    def __init__(self):
        self.sent = b""

    def write(self, data):
        self.sent += data

    async def drain(self):
        pass

    async def readexactly(self, n):
        await asyncio.Event().wait()

    def close(self):
        pass

    wait_closed = drain


async def said(work):
    """What a client says while `work(client)` is done, its next packet identifier being 10."""
    wire = Wire()
    client = mqtt.MqttClient(wire, 60, 100, None)
    client._packet_id = 9
    task = asyncio.create_task(work(client))
    await asyncio.sleep_ms(10)
    task.cancel()
    sent = wire.sent
    await client.close()
    assert wire.sent[len(sent) :] == b"\xe0\x00"  # DISCONNECT (3.14)
    return sent


async def test_subscribe():
    # figure 3.23 of 3.8.3: "a/b" with QoS 1; packet identifier 10 as in figure 3.21
    asked = opening.subscriptions(["a/b"])
    assert await said(lambda client: client.confirmed(0x82, b"", asked)) == b"\x82\x08\x00\x0a\x00\x03a/b\x01"


async def test_publish():
    # figure 3.11 of 3.3.2: topic "a/b", packet identifier 10; QoS 1 in the first byte
    assert await said(lambda client: client.post("a/b", b"")) == b"\x32\x07\x00\x03a/b\x00\x0a"
    assert await said(lambda client: client.publish("a/b", b"xyz", True)) == b"\x33\x0a\x00\x03a/b\x00\x0axyz"
    assert await said(lambda client: client.publish("a/b", [b"x", b"yz"])) == b"\x32\x0a\x00\x03a/b\x00\x0axyz"


async def test_a_ping_after_half_the_keep_alive_time():
    async def long_silent(client):
        client._ping_every_ms = -1
        await client.check()

    assert await said(long_silent) == b"\xc0\x00"  # 3.12


async def test_a_packet_of_the_broker_proves_that_the_way_there_works():
    class Talks(Wire):
        def __init__(self):
            super().__init__()
            self.said = b"\xd0\x00"  # PINGRESP (3.13)

        async def readexactly(self, n):
            if not self.said:
                await asyncio.Event().wait()
            part, self.said = self.said[:n], self.said[n:]
            return part

    before = net.answers()
    client = mqtt.MqttClient(Talks(), 60, 100, None)
    await asyncio.sleep_ms(10)
    assert net.answers() == before + 1
    client._listener.cancel()
