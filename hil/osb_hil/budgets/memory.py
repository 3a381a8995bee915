"""What the firmware takes of flash."""

from collections import Counter
from pathlib import Path


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
