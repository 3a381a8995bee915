"""`flash.sh` end to end against the emulated Pico W: mpremote at its USB console, a box that starts afterwards."""

import asyncio
import json
import re

import pytest
from checkouts import VERSION, environment, next_version

from osb_hil.firmware import ROOT
from osb_hil.targets import MissingTarget

OWN = ("boot.py", "main.py", "osb_boot/", "slots/", "board.json", "pins.json", "config.json", "update.key")


async def flashed(checkout, url, *options):
    """What the command says, and its exit status."""
    process = await asyncio.create_subprocess_exec(
        *("./flash.sh", "--board", "pico_w", "--port", url, *options),
        cwd=checkout,
        env={**environment(checkout), "OSB_WIFI_PASSWORD": "bench password"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.soak
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("target_name", ["pico_w"])
def test_a_bare_board_becomes_a_box_and_later_runs_write_what_has_changed(target_name, tmp_path):
    async def run():
        try:
            from osb_hil.targets.pico import EmulatedTarget

            target = EmulatedTarget(target_name)
        except MissingTarget as missing:
            pytest.skip(str(missing))
        from osb_hil.emulated.console import Console

        def held():
            """What flash.sh has put there; a box that runs writes files of its own."""
            return {path: content for path, content in target.files().items() if path.startswith(OWN)}

        def started():
            return target.console.count(b"started: ")

        target.chip.flash.slow = False  # hundreds of sectors: what waiting for them looks like is known
        console = Console(target.chip)
        await console.start()
        target.write({})
        await target.start()
        (tmp_path / "release.key").write_text("b" * 768 + "\n")
        try:
            status, said = await flashed(ROOT, console.url, "--dry-run")
            assert (status, target.files()) == (0, {}), said
            status, said = await flashed(
                ROOT, console.url, "--wifi", "bench", "--update-key", str(tmp_path / "release.key")
            )
            assert status == 0, said
            assert "is ready. Its page: http://" in said
            first = held()
            assert first["update.key"] == b"b" * 768 + b"\n"
            settings = json.loads(first["config.json"])
            assert settings["wifi"] == {"ssid": "bench", "password": "bench password"}
            await target.until(lambda: started() == 1, 30, "the start of the box")

            status, said = await flashed(ROOT, console.url)
            assert status == 0, said
            assert "write 0 of" in said
            assert "keep its settings" in said
            assert held() == first
            await target.until(lambda: started() == 2, 30, "its second start")  # busy until then, and deaf for long

            checkout = await asyncio.to_thread(next_version, tmp_path / "next")
            status, said = await flashed(checkout, console.url)
            assert status == 0, said
            assert re.search(r"write 2 of \d+ files, remove 0\nkeep its settings\n", said)
            assert f"The code for its label: {settings['web']['token']} (as before)" in said
            then = held()
            changed = {path for path in first.keys() | then.keys() if first.get(path) != then.get(path)}
            assert changed == {"slots/a.manifest", "slots/a.pack"}
            await target.until(lambda: f"started: {VERSION}, ".encode() in target.console, 30, "the next version")
        finally:
            console.stop()
            await target.stop()

    asyncio.run(run())
