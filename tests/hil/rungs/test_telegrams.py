"""P1 telegrams longer than any FIFO, at 115200 baud, in silence and while the box asks its meters: one must do."""

from osb_hil.targets.passes import begun, ended
from osb_hil.targets.record import records

# 40 lines of a meter that tells a lot, 1.6 kB; the counters as DSMR 5 has them
LINES = [
    *("/ISK5\\2M550T-1012", "", "1-3:0.2.8(50)", "0-0:1.0.0(260115120000W)"),
    *("1-0:1.8.1(001234.567*kWh)", "1-0:1.8.2(000765.433*kWh)", "1-0:2.8.1(000010.000*kWh)"),
    *("1-0:2.8.2(000020.000*kWh)", "1-0:1.7.0({}*kW)", "1-0:2.7.0(00.000*kW)"),
    *[f"0-0:96.13.{n}({'303132333435363738' * 2})" for n in range(30)],
    "!",
]


def crc16(data):
    """CRC-16/ARC, bit by bit (DSMR P1 companion standard 5.0.2, 6.2)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def telegram(kilowatts):
    body = "\r\n".join(LINES).format(kilowatts).encode()
    return body + f"{crc16(body):04X}\r\n".encode()


def test_a_telegram_longer_than_the_fifo_arrives_whole(on_rig):
    assert len(telegram("01.500")) > 1500

    async def talk(rig):
        target = rig.target

        async def told(watts):
            """The first reading of so much power: a meter that was silent may be left alone for some passes."""

            def found():
                return [r.points for r in records(target.files()) if r.points.get("grid.power") == (watts, "good")]

            await target.until(found, 3 * on_rig.patience, f"a reading of {watts} W")
            return found()[0]

        await begun(target, rig.line, on_rig.patience)
        await ended(target, rig.line, on_rig.patience, 0.7)
        rig.p1.write(telegram("01.500"))
        in_silence = await told(1500)
        await ended(target, rig.line, on_rig.patience, 0.7)
        await begun(target, rig.line, on_rig.patience)
        rig.p1.write(telegram("02.750"))
        return in_silence, await told(2750)

    in_silence, in_a_pass = on_rig(talk, p1=True)
    assert in_silence["grid.import"] == (2_000_000, "good")  # 1,234.567 + 765.433 kWh
    assert in_silence["grid.export"] == (30_000, "good")
    assert in_a_pass["grid.import"] == (2_000_000, "good")
