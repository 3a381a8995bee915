"""Runs on MicroPython: the board's raw REPL on a littlefs of as many blocks as the environment says."""

import os

import vfs

BLOCK = 4096


class Flash:
    """Blocks in memory; an erased one takes no room until it is written."""

    def __init__(self, blocks):
        self.blocks = [None] * blocks

    def readblocks(self, n, buf, offset=0):
        block = self.blocks[n]
        for i in range(len(buf)):
            buf[i] = 0xFF if block is None else block[offset + i]

    def writeblocks(self, n, buf, offset=0):
        if self.blocks[n] is None:
            self.blocks[n] = bytearray(b"\xff" * BLOCK)
        self.blocks[n][offset : offset + len(buf)] = buf

    def ioctl(self, op, arg):
        if op == 4:  # how many
            return len(self.blocks)
        if op == 5:  # how large
            return BLOCK
        if op == 6:  # erase one
            self.blocks[arg] = None
            return 0


with open(__file__.rsplit("/", 1)[0] + "/raw_repl.py") as f:
    repl = f.read()
flash = Flash(int(os.getenv("OSB_FLASH_BLOCKS")))
vfs.VfsLfs2.mkfs(flash)
vfs.umount("/")
vfs.mount(vfs.VfsLfs2(flash), "/")
os.chdir("/")
exec(repl)
