"""RSA-3072 keys with which versions are signed, and what a box keeps of them."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from osb_hub.errors import InputError

BITS = 3072
_EXPONENT = 65537


def generate(path: Path, passphrase: bytes | None) -> str:
    """Write a new private key to `path` (PEM, for its owner's eyes alone), the box's part beside it; returns its id."""
    public = path.with_suffix(".key")
    for one in (path, public):
        if one.exists():
            raise InputError(f"{one} exists already; a key is never overwritten.")
    private = rsa.generate_private_key(_EXPONENT, BITS)
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    text = modulus(private)
    public.write_text(text + "\n")
    return key_id(text)


def private_key(path: Path, passphrase: bytes | None) -> rsa.RSAPrivateKey:
    """The private key of a PEM file. InputError where it is none of RSA-3072."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError) as error:
        raise InputError(f"{path}: is no private key in PEM, or its passphrase is missing or wrong.") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != BITS:
        raise InputError(f"{path}: must be an RSA key of {BITS} bits, as vpp firmware keygen makes them.")
    return key


def public_key(path: Path) -> str:
    """The box's part of a key, 768 hexadecimal digits. InputError where the file holds something else."""
    try:
        text = path.read_text().strip()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    if len(text) != BITS // 4 or not set(text) <= set("0123456789abcdef") or text[0] not in "89abcdef":
        raise InputError(
            f"{path}: must be the .key file that vpp firmware keygen wrote, {BITS // 4} hexadecimal digits."
        )
    return text


def modulus(key: rsa.RSAPrivateKey) -> str:
    """The modulus in hexadecimal, which is all a box needs: the exponent is always 65537."""
    return f"{key.public_key().public_numbers().n:0{BITS // 4}x}"


def key_id(public: str) -> str:
    """What names a key in addresses: 16 digits of the SHA-256 of its modulus."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def sign(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    """RSA with SHA-256 and PKCS #1 v1.5 padding."""
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def signed_by(public: str, data: bytes, signature: bytes) -> bool:
    """Did the owner of this key sign exactly these bytes?"""
    numbers = rsa.RSAPublicNumbers(_EXPONENT, int(public, 16))
    try:
        numbers.public_key().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
