"""MQTT 3.1.1 control packets as bytes (OASIS standard, 29 October 2014; section numbers below are its)."""

import struct

CONNACK = 2
PUBLISH = 3
PUBACK = 4
SUBACK = 9
PINGRESP = 13
PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"


def text(value):
    """A UTF-8 string with its length (1.5.3)."""
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def head(first, length):
    """Fixed header: type and flags, then the remaining length (2.2)."""
    out = bytearray((first,))
    while True:
        length, digit = length >> 7, length & 127
        out.append(digit | 128 if length else digit)
        if not length:
            return bytes(out)


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
    body = text("MQTT") + struct.pack(">BBH", 4, flags, keepalive_s) + body
    return head(0x10, len(body)) + body


def subscribe(packet_id, topics):
    """SUBSCRIBE to topics with QoS 1 (3.8)."""
    body = struct.pack(">H", packet_id)
    for topic in topics:
        body += text(topic) + b"\x01"
    return head(0x82, len(body)) + body


def publish_head(packet_id, topic, payload_bytes, retain):
    """Everything of a PUBLISH with QoS 1 before its payload (3.3)."""
    body = text(topic) + struct.pack(">H", packet_id)
    return head(0x32 | retain, len(body) + payload_bytes) + body


def puback(packet_id):
    """PUBACK (3.4)."""
    return struct.pack(">BBH", 0x40, 2, packet_id)
