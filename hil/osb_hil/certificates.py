"""Certificates of the bench: an authority of its own, and what it vouches for, also for dates long gone."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def curve() -> Key:
    """On P-256, as most are today."""
    return ec.generate_private_key(ec.SECP256R1())


def modulus() -> Key:
    """Of RSA with 2048 bits, which small chips verify sooner."""
    return rsa.generate_private_key(65537, 2048)


class Authority:
    """Issues certificates; `der` is what a box must be given to believe them. `make_key` is how it makes all keys."""

    def __init__(self, make_key: Callable[[], Key] = curve) -> None:
        self._make_key = make_key
        self._key = make_key()
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench authority")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 3650 * _DAY)
            .not_valid_after(now + 3650 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.der = certificate.public_bytes(serialization.Encoding.DER)

    def server(self, folder: Path, host: str, expired: bool = False) -> ssl.SSLContext:
        """A server called `host`, with what `vouch` writes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.vouch(folder, host, expired))
        return context

    def vouch(self, folder: Path, host: str, expired: bool = False) -> Path:
        """Key and certificate, in one file, of a server called `host`; `expired`: it was valid until a year ago."""
        key = self._make_key()
        end = datetime.now(UTC) + (-365 if expired else 365) * _DAY
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - 730 * _DAY)
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{host}{'-expired' if expired else ''}.pem"
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
        return file
