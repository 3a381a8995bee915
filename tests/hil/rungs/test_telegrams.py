"""A P1 telegram longer than any FIFO, at 115200 baud while the box asks its meters: nothing of it may be lost."""

from osb_hil.targets.record import records

# 40 lines of a meter that tells a lot, 1.6 kB; the counters as DSMR 5 has them
BODY = "\r\n".join(
    ["/ISK5\\2M550T-1012", "", "1-3:0.2.8(50)", "0-0:1.0.0(260115120000W)"]
    + ["1-0:1.8.1(001234.567*kWh)", "1-0:1.8.2(000765.433*kWh)", "1-0:2.8.1(000010.000*kWh)"]
    + ["1-0:2.8.2(000020.000*kWh)", "1-0:1.7.0(01.500*kW)", "1-0:2.7.0(00.000*kW)"]
    + [f"0-0:96.13.{n}({'303132333435363738' * 2})" for n in range(30)]
    + ["!"]
).encode()


def crc16(data):
    """CRC-16/ARC, bit by bit (DSMR P1 companion standard 5.0.2, 6.2)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


TELEGRAM = BODY + f"{crc16(BODY):04X}\r\n".encode()


def test_a_telegram_longer_than_the_fifo_arrives_whole(on_rig):
    assert len(TELEGRAM) > 1500

    async def talk(rig):
        target = rig.target
        await target.until(lambda: len(rig.line.asked) > 0, on_rig.patience, "the first question")
        points, end = {}, target.now_s() + on_rig.patience
        while target.now_s() < end:
            rig.p1.write(TELEGRAM)
            begin = target.now_s()
            await target.until(lambda begin=begin: target.now_s() > begin + 1, 10, "a second")
            points = records(target.files())[-1].points if records(target.files()) else {}
            if points.get("grid.import", (None, ""))[1] == "good":
                return points
        return points

    points = on_rig(talk, p1=True)
    assert points["grid.import"] == (2_000_000, "good")  # 1,234.567 + 765.433 kWh
    assert points["grid.export"] == (30_000, "good")
    assert points["grid.power"] == (1500, "good")
