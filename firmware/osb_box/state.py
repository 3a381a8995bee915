"""What must outlive a restart, in one file that is replaced as a whole and never half written."""

import binascii
import json
import os


class StateFile:
    """A JSON object with a CRC-32 before it. A damaged or missing file reads as None."""

    def __init__(self, path):
        self._path = path
        self._written = None

    def load(self):
        """The object saved last, or None."""
        try:
            with open(self._path, "rb") as f:
                crc = f.read(9)
                body = f.read()
            if int(crc, 16) == binascii.crc32(body):
                self._written = crc
                return json.loads(body)
        except (OSError, ValueError):
            pass
        return None

    def save(self, value):
        """Write if it differs from what was written last; returns whether it did."""
        body = json.dumps(value).encode()
        crc = b"%08x\n" % binascii.crc32(body)
        if crc == self._written:
            return False
        with open(self._path + ".new", "wb") as f:
            f.write(crc)
            f.write(body)
        os.rename(self._path + ".new", self._path)
        self._written = crc
        return True
