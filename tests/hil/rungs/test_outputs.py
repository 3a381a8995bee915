"""Relays while a box starts: no contact may close before somebody has decided that it should."""

import pytest

from osb_hil import boards
from osb_hil.targets.record import records


def test_no_relay_moves_while_the_box_starts_or_is_reset(on_rig):
    relays = [relay.pin for relay in boards.load("pico_w").relays]
    edges = []

    async def talk(rig):
        target = rig.target
        if target.pins is None:
            pytest.skip(f"{target.name} has no pins to look at")
        for pin in relays:
            assert not target.pins.level(pin)
            target.pins.watch(pin, lambda high, pin=pin: edges.append((target.now_s(), pin, high)))
        await target.start()
        await target.until(lambda: records(target.files()), on_rig.patience, "the first reading")
        await target.reset()
        seen = len(rig.line.asked)
        await target.until(lambda: len(rig.line.asked) > seen, on_rig.patience, "a question after the reset")
        return [target.pins.level(pin) for pin in relays]

    assert on_rig(talk, start=False) == [False] * len(relays)
    assert [edge for edge in edges if edge[2]] == []
