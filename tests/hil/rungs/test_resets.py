"""Resets in the middle of writing, on every rung: settings and what was counted stay, and the box goes on."""

from osb_hil.targets.record import records

RESETS = {"unix": 4, "pico": 2, "pico_w": 2, "board": 2}  # after five in a row a box asks for help


def test_a_reset_in_the_middle_of_a_write_keeps_settings_and_readings(on_rig):
    async def talk(rig):
        target = rig.target
        kept = []
        for _ in range(RESETS[target.name]):
            seen = len(records(target.files()))
            await target.until(lambda seen=seen: len(records(target.files())) > seen, on_rig.patience, "a reading")
            await in_the_next_write(target)
            files = target.files()
            kept.append((files["config.json"], [tuple(record[:2]) for record in records(files)]))
        seen = len(records(target.files()))
        await target.until(lambda: len(records(target.files())) > seen, on_rig.patience, "a reading after the last")
        return kept, records(target.files())

    kept, at_last = on_rig(talk)
    numbers = {}
    for record in at_last:
        numbers.setdefault(record.epoch, []).append(record.number)
    assert len(numbers) == len(kept) + 1, "each start has an epoch of its own"
    for epoch, found in numbers.items():
        assert found == list(range(1, len(found) + 1)), epoch
    for settings, before in kept:
        assert settings == kept[0][0]
        assert set(before) <= {tuple(record[:2]) for record in at_last}, "a reading that was on flash is gone"


async def in_the_next_write(target):
    """Reset the box while it writes: on the emulated chip within the very operation, elsewhere as near as can be."""
    chip = getattr(target, "chip", None)
    if chip is None:
        size = sum(map(len, target.files().values()))
        await target.until(lambda: sum(map(len, target.files().values())) != size, 30, "a write")
        await target.reset()
    else:
        bites = chip.bites
        chip.bite_in_write()
        await target.until(lambda: chip.bites > bites, 30, "a write")
