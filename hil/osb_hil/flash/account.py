"""A box's account at the broker, as the broker needs it: nobody can tell the password from it."""

import base64
import hashlib
import secrets

_ITERATIONS = 1000  # of PBKDF2; the password is random, so that guessing is hopeless with one already


def line(user: str, password: str) -> str:
    """A line of Mosquitto's password file: PBKDF2 with SHA-512 (`$7$`)."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, 64)
    return f"{user}:$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
