"""The box in the household's Home Assistant, seen from a real broker: what its MQTT integration would read and send."""

import asyncio
import contextlib
import json
import subprocess

import aiomqtt
import pytest
from whole_box import WholeBox, config

from osb_hil.hub_end import free_port

BASE = "osb/box-01/"


@pytest.fixture
def box(tmp_path, broker):
    settings = config(free_port())
    settings["home_assistant"] = {"host": "127.0.0.1", "port": broker.port, "keepalive_s": 5, "retry_s": 5}
    box = WholeBox(tmp_path, settings)
    box.start()
    yield box
    with contextlib.suppress(subprocess.TimeoutExpired):
        box.stop()


async def until(client, heard, condition):
    """Listen until the condition holds of {topic: last payload}."""
    async with asyncio.timeout(30):
        while not condition(heard):
            message = await anext(client.messages)
            heard[str(message.topic)] = message.payload.decode()


def test_it_announces_itself_follows_the_thermostat_and_is_unavailable_when_it_is_gone(broker, box):
    async def run():
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            await client.subscribe("osb/#")
            await client.subscribe("homeassistant/#")
            heard = {}
            await until(client, heard, lambda h: {BASE + "online", BASE + "heating/mode"} <= set(h))
            assert heard[BASE + "online"] == "online"
            climate = json.loads(heard["homeassistant/climate/box-01/heating/config"])
            assert climate["~"] == BASE
            assert climate["uniq_id"] == "box-01_heating"
            assert climate["temp_cmd_t"] == "~heating/target/set"
            assert climate["avty_t"] == "~online"
            assert climate["dev"]["ids"] == ["box-01"]
            assert (heard[BASE + "heating/mode"], heard[BASE + "heating/target"]) == ("auto", "20.500")

            await client.publish(BASE + "heating/target/set", "22.5")
            await until(client, heard, lambda h: h[BASE + "heating/mode"] == "heat")
            await until(client, heard, lambda h: h[BASE + "heating/target"] == "22.500")
            for nonsense in ("80", "warm", "", "x" * 500, "nan"):
                await client.publish(BASE + "heating/target/set", nonsense)
            await client.publish(BASE + "heating/mode/set", "cool")
            await client.publish(BASE + "heating/mode/set", "auto")
            await until(client, heard, lambda h: h[BASE + "heating/mode"] == "auto")
            await until(client, heard, lambda h: h[BASE + "heating/target"] == "20.500")

            box.process.kill()
            await until(client, heard, lambda h: h[BASE + "online"] == "offline")  # its will

    asyncio.run(run())
