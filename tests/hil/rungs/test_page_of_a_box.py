"""The page of a box, fetched over whatever network the rung has."""

import gzip
import json

from osb_hil.targets import box
from osb_hil.targets.record import records


def test_the_page_and_the_values_of_the_meters(on_rig):
    async def talk(rig):
        await rig.target.until(lambda: records(rig.target.files()), on_rig.patience, "the first reading")
        if rig.target.name == "pico_w":
            await rig.target.until(lambda: b"joined as" in bytes(rig.target.chip.console), on_rig.patience, "the Wi-Fi")
        return await rig.target.page("/"), await rig.target.page("/api/status", box.TOKEN)

    (status, page), (answered, values) = on_rig(talk, page=True)
    assert (status, answered) == (200, 200)
    assert b"<html" in gzip.decompress(page).lower()
    points = {row[0]: row[1] for row in json.loads(values)["points"]}
    assert points["grid.power"] == 1500
    assert points["heat_pump.energy"] == 777_000
