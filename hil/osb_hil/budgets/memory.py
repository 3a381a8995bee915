"""What the firmware takes of flash and heap."""

import asyncio
import json
import socket
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from osb_hil.serial_line import Rs485Line
from osb_hil.targets import box
from osb_hil.targets.record import records
from osb_hil.targets.unix import UnixTarget


def sizes(firmware: Path) -> dict[str, float]:
    """Bytes of compiled code by package, and of all a board holds."""
    found: Counter[str] = Counter()
    for path in firmware.rglob("*"):
        if path.is_file():
            parts = path.relative_to(firmware).parts
            package = "/".join(parts[: min(2, len(parts) - 1)]) or "/"
            found[f"bytes of {package}"] += path.stat().st_size
            found["bytes in all"] += path.stat().st_size
    return dict(sorted(found.items()))


def heap() -> dict[str, float]:
    """Free heap and largest block [B] of a box with three meters and its page open, on the VM with a Pico W's heap."""

    async def run() -> dict[str, float]:
        with TemporaryDirectory() as folder, socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            target = UnixTarget(Path(folder))
            target.web = probe.getsockname()
            probe.close()
            line = Rs485Line(box.meters(), target.line("rs485"))
            web = {"host": target.web[0], "port": target.web[1], "token": box.TOKEN}
            target.write({**box.firmware(), "config.json": json.dumps(box.settings(target, web=web)).encode()})
            await target.start()
            try:
                await target.until(lambda: records(target.files()), 60, "the first reading")
                await target.page("/")
                _, body = await target.page("/api/status?heap=1", box.TOKEN)
            finally:
                await target.stop()
                line.close()
            told = json.loads(body)
            return {"free heap [B]": told["heap_free"], "largest block [B]": told["heap_largest"]}

    return asyncio.run(run())
