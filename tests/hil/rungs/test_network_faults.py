"""A network that fails in every way: the box comes back by itself, loses no reading, restarts nothing, moves no relay.

The faults of a week of the unix rung are tests/system/test_faults.py; here they meet a chip's own driver and stack.
"""

import pytest

from osb_hil import boards
from osb_hil.emulated.services import WIFI
from osb_hil.firmware import MissingTool
from osb_hil.hub_end import broker, free_port, receipts
from osb_hil.uplinks import HUB_NAME

KEEPALIVE_S = 20  # so soon a connection that nobody answers for any more is noticed, and half as long again
LONG_S = 300.0  # emulated, most of them idle


def test_readings_arrive_whatever_has_happened_to_the_network(on_rig, tmp_path, record_property):
    async def talk(rig):
        target = rig.target
        if target.name != "pico_w":
            pytest.skip(f"{target.name} has no Wi-Fi that fails at our word")
        network, port, edges = target.network, free_port(), []
        for relay in boards.load("pico_w").relays:
            target.pins.watch(relay.pin, lambda high: edges.append(high))
        hub = {"port": port, "user": "box-01", "password": "bench-box-01", "keepalive_s": KEEPALIVE_S, "retry_s": 5}
        rig.write({}, poll_s=15, hub={**hub, "host": HUB_NAME}, wifi=WIFI)
        heard = []

        async def until(more, what):
            began = target.now_s()
            await target.until(lambda: len(heard[-1]) > more, LONG_S, f"a reading after {what}")
            record_property(what, round(target.now_s() - began, 1))

        async def passes(seconds):
            end = target.now_s() + seconds
            await target.until(lambda: target.now_s() >= end, 2 * seconds, "time")

        async with broker(tmp_path, port=port) as address:
            async with receipts(address) as told:
                heard.append(told)
                await target.start()
                await until(1, "power on")
                assert not any(edges), "a relay closed as the box started"
                edges.clear()  # a pin that becomes an output is told as an edge
                network.trouble.leave()
                await passes(45)
                network.trouble.back()
                await until(len(told) + 3, "the access point was gone")
                network.forget()
                await until(len(told) + 3, "nobody answers for its connection")
                network.trouble.lost, whole = 0.2, network.trouble.dropped
                await passes(120)
                await until(len(told) + 3, "every fifth frame is lost")
                network.trouble.lost, lost = 0.0, network.trouble.dropped - whole
                network.names_dead = True
        await passes(10)
        async with broker(tmp_path, port=port) as address, receipts(address) as told:  # no name server tells it where
            heard.append(told)
            await until(3, "the broker was restarted, and names are dead")
        assert network.trouble.dropped > 20
        assert lost >= 5, "hardly a frame was lost: nothing is shown"
        return [message for part in heard for _, message in part], edges

    try:
        messages, edges = on_rig(talk, start=False)
    except MissingTool as missing:
        pytest.skip(str(missing))
    assert len({message["epoch"] for message in messages}) == 1, "it has restarted"
    numbers = sorted({message["seq"] for message in messages})
    assert numbers == list(range(1, len(numbers) + 1)), "a reading is gone"
    assert edges == []
