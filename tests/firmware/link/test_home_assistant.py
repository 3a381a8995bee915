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


def test_a_wish_outlives_a_power_cut_and_is_no_wish_again_when_the_broker_kept_it(broker, box, tmp_path):
    async def run():
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            await client.subscribe(BASE + "#")
            heard = {}
            await until(client, heard, lambda h: BASE + "heating/mode" in h)
            await client.publish(BASE + "heating/target/set", "22.5")
            await until(client, heard, lambda h: h[BASE + "heating/target"] == "22.500")
            async with asyncio.timeout(10):
                while not kept(tmp_path):
                    await asyncio.sleep(0.05)
            box.stop()
            await until(client, heard, lambda h: h[BASE + "online"] == "offline")

            await client.publish(BASE + "heating/target/set", "18.5", retain=True)
            heard.clear()
            box.start()
            await until(client, heard, lambda h: {BASE + "heating/mode", BASE + "heating/target"} <= set(h))
            assert (heard[BASE + "heating/mode"], heard[BASE + "heating/target"]) == ("heat", "22.500")
            await client.publish(BASE + "heating/mode/set", "nonsense")  # it is answered after what the broker kept
            heard.clear()
            await until(client, heard, lambda h: BASE + "heating/target" in h)
            assert heard[BASE + "heating/target"] == "22.500"

    def kept(folder):
        state = folder / "state.json"
        return state.exists() and '"override": [22500' in state.read_text()

    asyncio.run(run())
