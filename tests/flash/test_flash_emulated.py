"""`flash.sh` end to end against the emulated Pico W: mpremote at its USB console, a box that starts afterwards."""

import asyncio
import json
import os
import sys

import pytest

from osb_hil.targets import MissingTarget

SETTINGS_KEPT = ("box_id", "web")


async def flashed(url, *options):
    """What the command says, and its exit status."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "osb_hil.flash", "--board", "pico_w", "--port", url, *options),
        env={**os.environ, "OSB_WIFI_PASSWORD": "bench password"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_bare_board_becomes_a_box_and_a_second_run_keeps_its_settings():
    async def run():
        try:
            from osb_hil.targets.pico import EmulatedTarget

            target = EmulatedTarget("pico_w")
        except MissingTarget as missing:
            pytest.skip(str(missing))
        from osb_hil.emulated.console import Console

        target.chip.flash.slow = False  # hundreds of sectors: what waiting for them looks like is known
        console = Console(target.chip)
        await console.start()
        target.write({})
        await target.start()
        try:
            status, said = await flashed(console.url, "--dry-run")
            assert (status, target.files()) == (0, {}), said
            status, said = await flashed(console.url, "--wifi", "bench")
            assert status == 0, said
            assert "is ready. Its page: http://" in said
            first = json.loads(target.files()["config.json"])
            assert first["wifi"] == {"ssid": "bench", "password": "bench password"}
            await target.until(lambda: b"started: " in target.console, 30, "the start of the box")
            status, said = await flashed(console.url)
            assert status == 0, said
            assert "write 0 of" in said
            assert "keep its settings" in said
            second = json.loads(target.files()["config.json"])
            assert {key: second[key] for key in SETTINGS_KEPT} == {key: first[key] for key in SETTINGS_KEPT}
        finally:
            console.stop()
            await target.stop()

    asyncio.run(run())
