"""The rung of a board (docs/hil.md) on the board of these tests: what runs there is not stopped for good by a look."""

import asyncio

from osb_hil.targets import board as rung


def test_what_runs_is_looked_at_now_and_then_and_started_again(board, monkeypatch):
    async def run():
        target = rung.BoardTarget(board.port, board.port)
        target.write({"outbox/1": b"\x00before\xff"})
        assert target.files() == {"outbox/1": b"\x00before\xff"}
        await target.start()
        started = []
        restart = target._device.restart
        monkeypatch.setattr(target._device, "restart", lambda: (started.append(1), restart()))
        (board.files / "outbox" / "1").write_bytes(b"after")
        assert target.files() == {"outbox/1": b"\x00before\xff"}  # left alone
        assert started == []
        monkeypatch.setattr(rung, "LOOK_S", 0.0)
        assert target.files() == {"outbox/1": b"after"}
        assert started == [1]
        await target.stop()
        assert target.files() == {"outbox/1": b"after"}
        assert started == [1]

    asyncio.run(run())
