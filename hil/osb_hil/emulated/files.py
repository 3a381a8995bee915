"""The littlefs of an emulated board, put together and read on this machine."""

from typing import Any

from littlefs import LittleFS, UserContext

_BLOCK = 4096
_SIZES = {"block_size": _BLOCK, "prog_size": 256, "read_size": 32, "cache_size": 1024, "lookahead_size": 32}
_AS_MICROPYTHON: Any = _SIZES  # of its VfsLfs2 on an RP2
_VERSION = 0x00020000  # the format that every MicroPython mounts


def image(files: dict[str, bytes], blocks: int) -> bytes:
    """A file system of `blocks` of 4 kB that holds `files` (path -> content)."""
    context = UserContext(buffsize=_BLOCK * blocks)
    disk = LittleFS(context=context, block_count=blocks, disk_version=_VERSION, **_AS_MICROPYTHON)
    for path, content in files.items():
        if "/" in path:
            disk.makedirs(path.rpartition("/")[0], exist_ok=True)
        with disk.open(path, "wb") as file:
            file.write(content)
    disk.unmount()
    return bytes(context.buffer)


def listing(raw: bytes) -> dict[str, bytes]:
    """All files in a file system; ValueError where it cannot be mounted."""
    context: Any = UserContext(buffsize=len(raw))
    context.buffer[:] = raw
    disk = LittleFS(context=context, block_count=len(raw) // _BLOCK, mount=False, **_AS_MICROPYTHON)
    try:
        disk.mount()
    except Exception as error:
        raise ValueError(f"the file system cannot be mounted: {error}") from error
    found = {}
    for folder, _, names in disk.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            with disk.open(path, "rb") as file:
                found[path.lstrip("/")] = file.read()
    disk.unmount()
    return found
