"""How a box is to reach its hub: over TLS with the certificate of the hub's authority, or in clear where told so."""

import ssl
from pathlib import Path
from typing import Any, NamedTuple

from osb_hil.flash import FlashError

CA = "hub.der"  # on the board
_TLS, _PLAIN = 8883, 1883  # IANA: secure-mqtt, mqtt


class Hub(NamedTuple):
    """What the command line says of it; `host` None: only the certificate changes."""

    host: str | None
    port: int
    plain: bool
    ca: bytes | None  # DER


def asked(address: str | None, ca: Path | None, plain: bool) -> Hub | None:
    """What --hub, --hub-ca and --hub-plain ask for, None without them. FlashError if they do not go together."""
    if plain and not address:
        raise FlashError("--hub-plain is of no use without a hub: add --hub.")
    if plain and ca:
        raise FlashError("--hub-plain is without encryption, --hub-ca with it: leave one of them out.")
    if not (address or ca):
        return None
    host, colon, port = (address or "").partition(":")
    if address and (not host or (colon and not (port.isdecimal() and 0 < int(port) < 65536))):
        raise FlashError(f"{address} is no address of a hub: give --hub a HOST or HOST:PORT.")
    number = int(port or (_PLAIN if plain else _TLS))
    if plain and number == _TLS:
        raise FlashError(f"Port {_TLS} is for TLS only: give --hub-ca instead of --hub-plain, or another port.")
    return Hub(host or None, number, plain, certificate(ca) if ca else None)


def check(hub: Hub | None, kept: dict[str, Any] | None) -> None:
    """FlashError, before anything is written, if what is asked for does not suffice beside the settings kept."""
    before = (kept or {}).get("hub")
    if hub and not hub.host and not before:
        raise FlashError("--hub-ca is of no use without a hub: add --hub.")
    if hub and hub.host and not hub.plain and not hub.ca and not (before or {}).get("ca"):
        raise FlashError(
            "The box's password would go out in clear: add --hub-ca with the certificate of the hub's authority "
            "(authority.pem of vpp broker init), or --hub-plain for an unencrypted broker on a bench."
        )


def certificate(path: Path) -> bytes:
    """A certificate in DER form, of a file in either form."""
    try:
        data = path.read_bytes()
        der = ssl.PEM_cert_to_DER_cert(data.decode()) if data.startswith(b"-----BEGIN") else data
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except (ssl.SSLError, ValueError) as error:
        raise FlashError(
            f"{path} is no certificate in PEM or DER form: give --hub-ca authority.pem of vpp broker init."
        ) from error
    except OSError as error:
        raise FlashError(
            f"{path} cannot be read ({error.strerror}): give --hub-ca authority.pem of vpp broker init."
        ) from error
    return der
