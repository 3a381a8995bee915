"""`vpp serve` as a process of its own: killed, restarted, fed duplicates, disorder and rubbish, it loses nothing."""

import asyncio
import contextlib
import json
import os
import random
import signal
import sys

from sqlalchemy import func, select

from osb_hub.store import tables
from osb_hub.store.database import Database

VPP = [sys.executable, "-c", "from osb_hub.cli import main; main()"]


@contextlib.asynccontextmanager
async def vpp(*arguments, env):
    process = await asyncio.create_subprocess_exec(
        *VPP, *arguments, env={**os.environ, **env}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def environment(tmp_path, port):
    return {"OSB_HUB_DATABASE": f"sqlite:///{tmp_path / 'hub.sqlite'}", "OSB_HUB_MQTT_PORT": str(port)}


def stored(tmp_path):
    """(box, epoch, seq) of the messages and the (point, t) of all readings."""
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with database.read() as connection:
        message, reading = tables.message.c, tables.reading.c
        messages = [tuple(row) for row in connection.execute(select(message.box, message.epoch, message.seq))]
        readings = [tuple(row) for row in connection.execute(select(reading.box, reading.point, reading.t))]
        duplicates = connection.execute(select(func.sum(tables.box.c.duplicates))).scalar()
    database.close()
    return messages, readings, duplicates


async def keep_sending(box, rng):
    """What is not acknowledged, again and again, out of order and doubled, as a bad link does it."""
    while box.outbox:
        for seq in rng.sample(sorted(box.outbox), len(box.outbox)):
            for _ in range(rng.choice((1, 1, 2))):
                if seq in box.outbox:
                    await box.send("telemetry", box.outbox[seq] | {"oldest": min(box.outbox)})
        await asyncio.sleep(0.3)


def test_nothing_is_lost_or_doubled_when_the_hub_is_killed(broker, make_box, tmp_path, t0):
    count, rng = 120, random.Random(7)

    async def scenario():
        async with broker() as port, make_box(port) as box:
            env = environment(tmp_path, port)
            for i in range(count):
                box.measure(t0 + 60 * i)
            async with vpp("serve", env=env) as first:
                sending = asyncio.create_task(keep_sending(box, rng))
                await box.until("receipt", 1, seconds=60)
                first.send_signal(signal.SIGKILL)
                await first.wait()
            acknowledged = count - len(box.outbox)
            on_disk = {seq for _, _, seq in stored(tmp_path)[0]}
            assert set(range(1, acknowledged + 1)) <= on_disk
            for i in range(count, 2 * count):
                box.measure(t0 + 60 * i)
            async with vpp("serve", env=env) as second:
                await box.delivered(60)
                await sending
                second.send_signal(signal.SIGTERM)
                assert await second.wait() == 0

    asyncio.run(scenario())
    messages, readings, _ = stored(tmp_path)
    assert sorted(seq for _, _, seq in messages) == list(range(1, 2 * count + 1))
    expected = [("box-01", point, t0 + 60 * i) for i in range(2 * count) for point in ("grid.import", "grid.power")]
    assert sorted(readings) == sorted(expected)


def test_rubbish_is_counted_and_seen_in_vpp_boxes_and_others_are_served(broker, make_box, tmp_path, t0):
    async def scenario():
        async with broker() as port, make_box(port, "box-01") as bad, make_box(port, "box-02") as good:
            env = environment(tmp_path, port)
            async with vpp("serve", env=env):
                good.measure(t0)
                async with asyncio.timeout(60):
                    while good.outbox:
                        await good.forward()
                        await asyncio.sleep(0.2)
                await bad.send("telemetry", {"epoch": bad.epoch, "seq": 1, "oldest": 1, "t": 17, "points": []})
                await bad.send("offer", ["no", "offer"])
                (receipt,) = await bad.until("receipt", 1)
                assert receipt == {"epoch": bad.epoch, "seq": 1}  # it need not come again
                good.measure(t0 + 60)
                await good.forward()
                await good.delivered()
                async with vpp("boxes", "--json", env=env) as command:
                    out, _ = await command.communicate()
                    return json.loads(out)

    first, second = asyncio.run(scenario())
    assert (first["id"], first["refused"], first["refusal"]) == ("box-01", 2, "offer: message: must be an object")
    assert (second["id"], second["refused"], second["telemetry_t"]) == ("box-02", 0, t0 + 60)
    assert {box for box, _, _ in stored(tmp_path)[1]} == {"box-02"}
