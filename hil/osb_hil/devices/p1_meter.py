"""Smart meter with a P1 port: the telegrams it writes, Dutch (DSMR 5) or Belgian (e-MUCS).

Sources: Netbeheer Nederland, "DSMR P1 companion standard 5.0.2": lines end in CR LF, the telegram in `!` and the CRC16
(polynomial x^16+x^15+x^2+1, start 0, least significant bit first) of all bytes from `/` to `!`. Fluvius, "e-MUCS P1
1.7.1": the quarter-hour demand 1.4.0, the month's peak 1.6.0, and tariff 1 is the day's there, the night's in the
Netherlands.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from osb_hil.devices.branch import VOLTS, Measure

DAY_TARIFF_HOURS = range(7, 22)  # on working days


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = [_crc_of_byte(byte) for byte in range(256)]


def crc16(data: bytes) -> int:
    """CRC-16/ARC."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


class P1Meter:
    """The meter at the grid connection."""

    def __init__(self, measure: Measure, zone: ZoneInfo, belgian: bool, serial: int) -> None:
        self._measure, self._zone, self._belgian, self._serial = measure, zone, belgian, serial
        seen = measure()
        self._last = (seen.import_wh, seen.export_wh)
        # two registers for each direction, by day and by night; history is shared out between them
        self._counted = {("import", True): 0.55 * seen.import_wh, ("import", False): 0.45 * seen.import_wh}
        self._counted |= {("export", True): 0.7 * seen.export_wh, ("export", False): 0.3 * seen.export_wh}
        self._quarter, self._quarter_import_wh = -1, seen.import_wh
        self._peak_kw, self._peak_at, self._month = 0.0, 0, 0

    def telegram(self, t: int) -> bytes:
        """The telegram of second `t`."""
        seen, local = self._measure(), datetime.fromtimestamp(t, self._zone)
        by_day = local.weekday() < 5 and local.hour in DAY_TARIFF_HOURS
        self._counted["import", by_day] += seen.import_wh - self._last[0]
        self._counted["export", by_day] += seen.export_wh - self._last[1]
        self._last = (seen.import_wh, seen.export_wh)
        demand_kw = self._demand(t, seen.import_wh)
        first, second = (True, False) if self._belgian else (False, True)
        energy = [
            f"1-0:{code}({int(self._counted[direction, day]) / 1000:010.3f}*kWh)"
            for code, direction, day in (
                ("1.8.1", "import", first),
                ("1.8.2", "import", second),
                ("2.8.1", "export", first),
                ("2.8.2", "export", second),
            )
        ]
        energy.append(f"0-0:96.14.0({1 if by_day == first else 2:04d})")
        power = self._power(seen.power_w / 1000)
        stamp = self._stamp(t)
        if self._belgian:
            peaks = [
                f"1-0:1.4.0({demand_kw:06.3f}*kW)",
                f"1-0:1.6.0({self._stamp(self._peak_at)})({self._peak_kw:06.3f}*kW)",
            ]
            lines = [
                "/FLU5\\253770234_A",
                "",
                "0-0:96.1.4(50217)",
                f"0-0:96.1.1({self._serial_hex()})",
                f"0-0:1.0.0({stamp})",
            ]
            lines += [
                *energy,
                *peaks,
                *power,
                "0-0:96.3.10(1)",
                "0-0:17.0.0(999.9*kW)",
                "1-0:31.4.0(999*A)",
                "0-0:96.13.0()",
            ]
        else:
            lines = [
                "/ISK5\\2M550T-1012",
                "",
                "1-3:0.2.8(50)",
                f"0-0:1.0.0({stamp})",
                f"0-0:96.1.1({self._serial_hex()})",
            ]
            lines += [*energy, *power, "0-0:96.7.21(00004)", "0-0:96.7.9(00002)", "0-0:96.13.0()"]
        body = "\r\n".join([*lines, "!"]).encode("ascii")
        return body + f"{crc16(body):04X}\r\n".encode("ascii")

    def _demand(self, t: int, import_wh: float) -> float:
        """Energy taken in this quarter-hour so far, as its mean power [kW]; keeps the month's highest."""
        if t // 900 != self._quarter:
            demand = 4 * (import_wh - self._quarter_import_wh) / 1000
            if self._quarter >= 0 and demand > self._peak_kw:
                self._peak_kw, self._peak_at = demand, t - t % 900
            self._quarter, self._quarter_import_wh = t // 900, import_wh
        month = datetime.fromtimestamp(t, self._zone).month
        if month != self._month:
            self._peak_kw, self._peak_at, self._month = 0.0, t, month
        return 4 * (import_wh - self._quarter_import_wh) / 1000

    def _power(self, kw: float) -> list[str]:
        """In and out, together and for each phase, with voltages and currents; the load is even over the phases."""
        lines = [f"1-0:1.7.0({max(kw, 0):06.3f}*kW)", f"1-0:2.7.0({max(-kw, 0):06.3f}*kW)"]
        lines += [f"1-0:{code}.7.0({max(kw / 3, 0):06.3f}*kW)" for code in (21, 41, 61)]
        lines += [f"1-0:{code}.7.0({max(-kw / 3, 0):06.3f}*kW)" for code in (22, 42, 62)]
        lines += [f"1-0:{code}.7.0({VOLTS:05.1f}*V)" for code in (32, 52, 72)]
        amps = abs(kw) * 1000 / 3 / VOLTS
        current = f"{amps:06.2f}" if self._belgian else f"{round(amps):03d}"
        return lines + [f"1-0:{code}.7.0({current}*A)" for code in (31, 51, 71)]

    def _stamp(self, t: int) -> str:
        local = datetime.fromtimestamp(t, self._zone)
        return local.strftime("%y%m%d%H%M%S") + ("S" if local.dst() else "W")

    def _serial_hex(self) -> str:
        return f"1SAG{self._serial:010d}".encode("ascii").hex().upper()
