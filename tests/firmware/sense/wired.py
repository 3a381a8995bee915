"""What is wired to a board, on the other side of OSB_PINS: counters, detectors, voltages, 1-Wire, I2C and relays.

The sensors are written from their datasheets and know nothing of the firmware.
"""

import contextlib
import socket
import threading


def maxim_crc(data):
    """CRC-8 of 1-Wire, bit by bit from its polynomial x8 + x5 + x4 + 1 (Maxim application note 27)."""
    crc = 0
    for byte in data:
        for bit in range(8):
            mix = (crc ^ (byte >> bit)) & 1
            crc >>= 1
            if mix:
                crc ^= 0b10001100
    return crc


def sensirion_crc(data):
    """CRC-8 of the SHT3x: x8 + x5 + x4 + 1, not reflected, start 0xFF."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x131) & 0xFF if crc & 0x80 else crc << 1
    return crc


class Ds18b20:
    """`celsius` is what a conversion finds; before the first it shows 85."""

    def __init__(self, serial, celsius):
        self.celsius = celsius
        self.power_cycle()
        body = bytes([0x28, *serial])
        self.rom = body + bytes([maxim_crc(body)])

    def power_cycle(self):
        self._shown = 85.0

    def convert(self):
        self._shown = self.celsius

    def scratchpad(self):
        raw = round(self._shown * 16) & 0xFFFF
        body = bytes([raw & 0xFF, raw >> 8, 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10])
        return body + bytes([maxim_crc(body)])


class Wired:
    """`counts`, `levels`, `mv` and `outputs` by the names of the pins; `probes` on the 1-Wire line; `sht` on I2C."""

    def __init__(self):
        self.counts, self.levels, self.mv, self.outputs = {}, {}, {}, {}
        self.probes, self.parasitic, self.short = [], False, False
        self.sht = {}  # address: (celsius, percent)
        self._to_read, self._measured = b"", {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._talk, args=self._listener.accept()[:1], daemon=True).start()

    def _talk(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:
            for line in stream:
                stream.write(self._answer(line.decode().split()).encode() + b"\n")
                stream.flush()

    def _answer(self, words):
        verb, rest = words[0], words[1:]
        if verb in ("in", "count", "mv"):
            value = {"in": self.levels, "count": self.counts, "mv": self.mv}[verb].get(rest[0])
            return "no" if value is None else str(value)
        if verb == "out":
            if rest[0] not in self.outputs:
                return "no"
            self.outputs[rest[0]] = int(rest[1])
            return "ok"
        return self._one_wire(*rest) if verb == "1w" else self._i2c(*rest)

    def _one_wire(self, what, argument=""):
        if what == "reset":
            return "1" if self.probes or self.short else "0"
        if what == "scan":
            return " ".join(probe.rom.hex() for probe in self.probes) or "no"
        if what == "read":
            count = int(argument)
            data = b"\x00" * count if self.short else (self._to_read + b"\xff" * count)[:count]
            return data.hex()
        sent = bytes.fromhex(argument)
        if sent[0] == 0x55:
            self._chosen = [probe for probe in self.probes if probe.rom == sent[1:9]]
        elif sent[0] == 0xCC:
            self._chosen = list(self.probes)
        elif sent[0] == 0x44:
            for probe in self._chosen:
                probe.convert()
        elif sent[0] == 0xB4:
            self._to_read = b"\x00" if self.parasitic else b"\xff"
        elif sent[0] == 0xBE:
            self._to_read = self._chosen[0].scratchpad() if self._chosen else b""
        return "ok"

    def _i2c(self, what, address="0", argument=""):
        if what == "scan":
            return " ".join(map(str, self.sht)) or "no"
        if int(address) not in self.sht:
            return "no"
        if what == "write":
            if argument == "2400":
                celsius, percent = self.sht[int(address)]
                heat = round((celsius + 45) / 175 * 65535).to_bytes(2, "big")
                damp = round(percent / 100 * 65535).to_bytes(2, "big")
                words = (heat, damp)
                self._measured[int(address)] = b"".join(word + bytes([sensirion_crc(word)]) for word in words)
            return "ok"
        return self._measured[int(address)][: int(argument)].hex()
