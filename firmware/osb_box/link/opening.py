"""How a connection to the hub begins: TCP, MQTT, subscription, and who the box is. Needed at each connect only."""

import asyncio
import json
import struct
import sys

from osb_box import VERSION, forget, loaded, rested
from osb_box.link.mqtt import MqttError, packet, text

_IO_MS = 20000  # a broker that takes longer to answer is gone
_CONNACK = 2
_REFUSED = ("", "protocol version", "client id", "broker unavailable", "user or password", "not authorised")


def status(t, state, reason):
    """Wire message "status"."""
    return _json({"t": t, "state": state, "reason": reason})


async def open_stream(hub, client_id, will_topic, will):
    """A stream to a broker that has accepted us; OSError where it is not there or refuses.

    `will` is what it tells others should we go silent.
    """
    sock, stream = await _connected(hub)
    try:
        stream.write(connect(client_id, hub["keepalive_s"], hub["user"], hub["password"], will_topic, will))
        await asyncio.wait_for_ms(_connack(stream), _IO_MS)
    except BaseException as e:
        stream.s.close()
        sock.close()  # TLS lets go of it when a handshake fails, and leaves it open
        if isinstance(e, (asyncio.TimeoutError, EOFError)):
            raise MqttError("the broker did not answer CONNECT") from None
        if isinstance(e, ValueError):  # how MicroPython tells of a certificate
            raise MqttError("the hub did not prove who it is: " + str(e).strip()) from None
        raise
    return stream


async def introduce(client, box_id, desk, now):
    """Subscribe to all the hub says, and tell it who is here."""
    try:
        topics = await rested(loaded("osb_wire.", "topics"))
        await client.confirmed(0x82, b"", subscriptions(topics.to_box(box_id)))
        await client.publish(topics.topic(box_id, "status"), status(now, "online", "connected"), True)
        name = topics.topic(box_id, "hello")
    finally:
        topics = None
        forget("osb_wire.topics", "osb_wire.fields")
    await rested(loaded("osb_box.plan.", "actuators"))
    hello = {
        "t": now,
        "epoch": desk.outbox.epoch,
        "firmware": VERSION,
        "interpreter": sys.version[:120],
        "actuators": desk.controller.actuators(),
    }
    hello.update(desk.identity)
    await client.publish(name, _json(hello))


def connect(client_id, keepalive_s, user, password, will_topic, will):
    """CONNECT with a clean session and a retained will of QoS 1 (3.1)."""
    flags = 0x02 | 0x04 | 0x08 | 0x20
    body = text(client_id) + text(will_topic) + struct.pack(">H", len(will)) + will
    if user is not None:
        flags |= 0x80
        body += text(user)
        if password is not None:
            flags |= 0x40
            body += text(password)
    return packet(0x10, text("MQTT") + struct.pack(">BBH", 4, flags, keepalive_s) + body)


def subscriptions(topics):
    """The payload of a SUBSCRIBE with QoS 1 (3.8)."""
    return b"".join([text(name) + b"\x01" for name in topics])


async def _connack(stream):
    await stream.drain()
    answer = await stream.readexactly(4)
    if answer[0] >> 4 != _CONNACK or answer[1] != 2:
        raise MqttError("the broker answered CONNECT with " + repr(answer))
    code = answer[3]
    if code:
        reason = _REFUSED[code] if code < len(_REFUSED) else "code %d" % code
        raise MqttError("the broker refused the connection: " + reason)


def _json(message):
    return json.dumps(message).encode()


async def _connected(hub):
    """A connected socket and the stream over it: the same, or TLS where the hub's authority is known."""
    try:
        dial = await rested(loaded("osb_box.net.", "dial"))
        stream = await dial.dial(hub["host"], hub["port"], _IO_MS)
    finally:
        dial = None
        forget("osb_box.net.dial")  # before TLS, which needs the room
    sock = stream.s
    if hub["ca"]:
        try:
            secured = await rested(loaded("osb_box.link.", "secured"))
            forget("osb_box.link.secured")
            context = secured.authority(hub)
            await asyncio.sleep_ms(0)
            stream = asyncio.StreamReader(secured.wrapped(sock, hub, context))
        except BaseException:
            sock.close()
            raise
        stream.s.setblocking(False)
    return sock, stream
