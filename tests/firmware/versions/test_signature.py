"""The box's own check of signatures against those of OpenSSL, by way of `cryptography`."""

import hashlib
import json
import random
from pathlib import Path

import pytest
from board import run
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from osb_hub.firmware import keys

HERE = Path(__file__).parent
DER = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2, note 1


def raw(key, block):
    """A block of 384 bytes raised to the private exponent, whatever its padding."""
    numbers = key.private_numbers()
    return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(384, "big")


def padded(tail, filler=b"\xff"):
    return b"\x00\x01" + filler * (381 - len(tail)) + b"\x00" + tail


@pytest.fixture(scope="module")
def pair():
    return [rsa.generate_private_key(65537, 3072) for _ in range(2)]


def cases(pair, count):
    key, other = pair
    n, rng = keys.modulus(key), random.Random(1)
    for _ in range(count):
        data = rng.randbytes(rng.randrange(1, 2000))
        digest, good = hashlib.sha256(data).digest(), keys.sign(key, data)
        assert keys.signed_by(n, data, good)
        yield n, digest, good, True
        flipped = bytearray(good)
        flipped[rng.randrange(384)] ^= 1 << rng.randrange(8)
        yield n, digest, bytes(flipped), False
        yield n, hashlib.sha256(data + b"!").digest(), good, False
        yield n, digest, keys.sign(other, data), False
    yield n, digest, raw(key, padded(DER + digest)), True
    # blocks that a careless parser takes for good: Bleichenbacher's forgery has rubbish behind the digest
    yield n, digest, raw(key, b"\x00\x01" + b"\xff" * 8 + b"\x00" + DER + digest + bytes(384 - 11 - 51)), False
    yield n, digest, raw(key, padded(DER + digest, b"\xfe")), False
    yield n, digest, raw(key, b"\x00\x02" + padded(DER + digest)[2:]), False
    yield n, digest, raw(key, padded(digest)), False
    yield n, digest, raw(key, padded(DER[:13] + bytes.fromhex("0420") + digest)), False  # without the NULL
    for bad in (bytes(384), good[:-1], good + b"\x00", b"", b"\x00" * 383 + b"\x01"):
        yield n, digest, bad, False
    number = int.from_bytes(raw(key, padded(DER + digest)), "big") + int(n, 16)
    if number < 1 << 3072:  # the same number modulo n, which is no signature
        yield n, digest, number.to_bytes(384, "big"), False
    pss = key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    yield n, digest, pss, False


def checked(tmp_path, pair, count):
    lines = [json.dumps([n, d.hex(), s.hex(), good]) for n, d, s, good in cases(pair, count)]
    file = tmp_path / "signatures"
    file.write_text("\n".join(lines))
    done = run(HERE / "signatures.py", file, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"checked": len(lines), "wrong": 0}, done.stdout


def test_good_ones_pass_and_all_others_do_not(tmp_path, pair):
    checked(tmp_path, pair, 10)


@pytest.mark.soak
def test_ten_thousand_signatures(tmp_path, pair):
    checked(tmp_path, pair, 2500)
