"""As much home as a chip can have, over TLS: after a long silence of its hub there is still room for a handshake.

The same on the unix rung, with a heap of that size, is in the hours of tests/system/test_faults.py.
"""

import json

import full_home
import pytest

from osb_hil.budgets.fullest import HOME
from osb_hil.budgets.holds import PAGES
from osb_hil.budgets.secured_hub import secured_hub
from osb_hil.emulated.services import WIFI
from osb_hil.targets import box

SILENT_S = 90
_PASSES = 2  # who was asked while a handshake held the loop for two seconds is asked again in the next
ROOM = 24 * 1024  # of memory in one piece, beside a TLS session and the page


def test_a_full_home_finds_its_hub_again_after_every_screen_and_a_long_silence(on_rig, record_property):
    async def talk(rig):
        target = rig.target
        if target.name != "pico_w":
            pytest.skip(f"{target.name}: this is about the memory of a chip with Wi-Fi")

        async def largest(hub):
            for _ in range(_PASSES):
                _, body = await target.page("/api/status?heap=1", box.TOKEN)
                status = json.loads(body)
                assert status["errors"] == {"stages": {}, "tasks": {}}
                waiting = [name for name, device in status["devices"].items() if device["state"] != "ok"]
                if not waiting:
                    return status["heap_largest"]
                heard = len(hub.heard)
                await target.until(lambda heard=heard: len(hub.heard) > heard, 120, "another reading")
            raise AssertionError(f"not read in {_PASSES} passes: {waiting}")

        async with secured_hub() as hub:
            devices = full_home.told()
            rig.write(hub.files, poll_s=30, home=HOME, devices=devices, wifi=WIFI, web=box.WEB, hub=hub.settings)
            await target.start()
            await target.until(lambda: len(hub.heard) > 1, 120, "a second reading")
            found = [await largest(hub)]
            for path in PAGES:
                await target.page(path, box.TOKEN)
            await hub.link.cut()
            gone = target.now_s()
            await target.until(lambda: target.now_s() > gone + SILENT_S, 2 * SILENT_S, "time")
            heard = len(hub.heard)
            await hub.link.restore()
            back = target.now_s()
            await target.until(lambda: len(hub.heard) > heard, 120, "a reading after the silence")
            record_property("connected again after", round(target.now_s() - back, 1))
            found.append(await largest(hub))
            return found, bytes(target.console), [message["seq"] for _, message in hub.heard]

    found, console, numbers = on_rig(talk, start=False, meters=full_home.devices())
    assert b"memory" not in console
    assert numbers == list(range(1, len(numbers) + 1))
    assert min(found) >= ROOM, found
