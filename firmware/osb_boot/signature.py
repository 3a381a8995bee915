"""RSA-3072 with SHA-256 and PKCS #1 v1.5 padding, verified only (RFC 8017, 8.2.2): public exponent 65537."""

from micropython import const

BYTES = const(384)
# RFC 8017, 9.2 note 1: DER of DigestInfo for SHA-256, up to the digest itself
_DIGEST_INFO = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"


def modulus(text):
    """The number of a public key written in hexadecimal; ValueError where it is none of 3072 bits."""
    text = text.strip()
    if len(text) != 2 * BYTES or text[0] not in "89abcdef":
        raise ValueError("the update key must be %d hexadecimal digits, the first of them 8 to f" % (2 * BYTES))
    return int(text, 16)


def check(n, digest, signature):
    """A generator that computes signature ** 65537 mod n and yields after each squaring: 16 ms each on an RP2040.

    Returns whether the signature of SHA-256 `digest` is good. The whole padded block is compared, nothing is parsed.
    """
    s = int.from_bytes(signature, "big")
    if len(signature) != BYTES or s >= n:
        return False
    x = s
    for _ in range(16):
        x = x * x % n
        yield
    x = x * s % n
    tail = _DIGEST_INFO + digest
    return x.to_bytes(BYTES, "big") == b"\x00\x01" + b"\xff" * (BYTES - 3 - len(tail)) + b"\x00" + tail
