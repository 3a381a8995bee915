"""Whether a board's file system takes what is to be written to it."""

from pathlib import Path

from osb_hil.flash import FlashError
from osb_hil.flash.device import Device

_INLINE = 512  # bytes


def check(device: Device, changed: dict[str, Path], removed: dict[str, int], erased: bool = False) -> None:
    """FlashError if there is no room for what changes, once {path: bytes} are removed or all is erased.

    It is told before anything is written or erased.

    littlefs keeps files of up to 512 bytes in their folder, which has two blocks; all others have whole blocks.
    """
    block, _, blocks, free = device.ask("os.statvfs('.')[:4]")
    if erased:
        free = blocks - 2  # its topmost folder's
    free += sum(-(-size // block) for size in removed.values() if size > _INLINE)
    sizes = [here.stat().st_size for here in changed.values()]
    folders = {parent for path in changed for parent in Path(path).parents if str(parent) != "."}
    need = sum(-(-size // block) for size in sizes if size > _INLINE) + 2 * len(folders)
    need += -(-2 * sum(size for size in sizes if size <= _INLINE) // block)
    if need > free and erased:
        raise FlashError(
            f"The board's file system takes {free * block // 1024} kB and the box needs {need * block // 1024} kB, so "
            "nothing was erased: look at --board, or take a board with more flash."
        )
    if need > free:
        raise FlashError(
            f"The board's file system has {free * block // 1024} kB free and needs {need * block // 1024} kB: remove "
            "files of your own from it (mpremote fs ls), or repeat the command with --erase, which also forgets its "
            "settings."
        )
