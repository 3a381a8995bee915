"""Mosquitto's files for boxes and hub: TLS under an authority of our own, an account a box, each on its own topics."""

import base64
import datetime
import hashlib
import ipaddress
import os
import re
import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from osb_hub.errors import InputError
from osb_wire import VERSION
from osb_wire.topics import FROM_BOXES

HUB = "hub"
_ITERATIONS = 1000  # of PBKDF2; the passwords are random, so that guessing is hopeless with one already
_LINE = re.compile(r"[a-z0-9-]{1,32}:\$7\$[0-9]{1,6}\$[A-Za-z0-9+/=]{16,}\$[A-Za-z0-9+/=]{88}")
_AUTHORITY_DAYS = 20 * 365  # boxes hold it from the day they are flashed
_BROKER_DAYS = 5 * 365

_CONFIGURATION = """\
# written by `vpp broker init`; start it with: mosquitto -c {folder}/mosquitto.conf
listener {port}
certfile {folder}/broker.pem
keyfile {folder}/broker.key
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/topics
persistence true
persistence_location {folder}/
max_packet_size 65536
"""


def account(user: str, password: str) -> str:
    """A line of Mosquitto's password file: PBKDF2 with SHA-512, as `mosquitto_passwd` writes it (`$7$`)."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, 64)
    return f"{user}:$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def lay_out(folder: Path, host: str, port: int) -> None:
    """A new folder with all that a broker at `host` needs, and a vpp.toml for the hub. InputError: it is there."""
    if folder.exists():
        raise InputError(f"{folder} exists already: give a folder that does not, or see `vpp broker admit`.")
    folder.mkdir(mode=0o700, parents=True)
    folder = folder.resolve()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Open Smart Box authority of {host}"[:64])])
    key = ec.generate_private_key(ec.SECP256R1())
    authority = (
        _certificate(name, name, key, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _secret(folder / "authority.key", _pem(key))
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    issue(folder, host)
    password = secrets.token_urlsafe(24)
    _secret(folder / "passwords", f"{account(HUB, password)}\n".encode())
    topics = [f"user {HUB}", f"topic readwrite osb/v{VERSION}/#", ""]
    topics += [f"pattern write {topic.replace('+', '%u')}" for topic in FROM_BOXES]
    topics += [f"pattern read osb/v{VERSION}/%u/#", ""]
    (folder / "topics").write_text("\n".join(topics))
    (folder / "mosquitto.conf").write_text(_CONFIGURATION.format(folder=folder, port=port))
    told = {"mqtt_host": host, "mqtt_port": port, "mqtt_user": HUB, "mqtt_password": password}
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in told.items()]
    _secret(folder / "vpp.toml", "\n".join([*lines, f'mqtt_ca = "{folder}/authority.pem"', ""]).encode())


def issue(folder: Path, host: str) -> None:
    """A new key and certificate for the broker at `host`, signed by the folder's authority; boxes need not be told."""
    try:
        authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
        signer = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder}: has no authority.pem and authority.key as `vpp broker init` makes them."
        ) from error
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    builder = _certificate(subject, authority.subject, key, _BROKER_DAYS)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _secret(folder / "broker.key", _pem(key))
    (folder / "broker.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def admit(folder: Path, lines: list[str]) -> list[str]:
    """Add accounts as `flash.sh --account` wrote them, in place of older ones; returns the boxes. InputError."""
    wrong = next((number for number, line in enumerate(lines, 1) if not _LINE.fullmatch(line)), None)
    if wrong is not None:
        raise InputError(f"line {wrong} is no account: it must be <box id>:$7$..., as flash.sh --account writes it.")
    new = {line.partition(":")[0]: line for line in lines}
    if HUB in new:
        raise InputError(f"{HUB} is the hub's own account and cannot be a box's.")
    _write_accounts(folder, _accounts(folder) | new)
    return sorted(new)


def dismiss(folder: Path, box: str) -> None:
    """Take a box's account away. InputError where it has none."""
    known = _accounts(folder)
    if box == HUB or box not in known:
        raise InputError(f"{box} has no account in {folder}.")
    del known[box]
    _write_accounts(folder, known)


def _accounts(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / "passwords").read_text().splitlines()
    except OSError as error:
        raise InputError(f"{folder}: has no passwords as `vpp broker init` makes them ({error.strerror}).") from error
    return {line.partition(":")[0]: line for line in lines}


def _write_accounts(folder: Path, accounts: dict[str, str]) -> None:
    new = folder / "passwords.new"
    new.unlink(missing_ok=True)
    _secret(new, "".join(f"{line}\n" for line in accounts.values()).encode())
    new.replace(folder / "passwords")


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    today = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)  # a box's clock may be a little behind
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + datetime.timedelta(days=days))
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    never = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
    )
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        decipher_only=False,
        **never,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _secret(path: Path, content: bytes) -> None:
    """Write what only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
