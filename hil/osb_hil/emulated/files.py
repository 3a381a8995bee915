"""The littlefs of an emulated board, put together and read on this machine."""

from typing import Any

from littlefs import LittleFS, UserContext

_BLOCK, _PROG = 4096, 256
_VERSION = 0x00020000  # the format that every MicroPython mounts


def image(files: dict[str, bytes], blocks: int) -> bytes:
    """A file system of `blocks` of 4 kB that holds `files` (path -> content)."""
    context = UserContext(buffsize=_BLOCK * blocks)
    disk = LittleFS(context=context, block_size=_BLOCK, block_count=blocks, prog_size=_PROG, disk_version=_VERSION)
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
    disk = LittleFS(context=context, block_size=_BLOCK, block_count=len(raw) // _BLOCK, prog_size=_PROG, mount=False)
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
