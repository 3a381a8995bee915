"""What the firmware takes of flash."""

from collections import Counter
from pathlib import Path

from osb_hil.pack import PACK


def sizes(tree: Path, flash: Path) -> dict[str, float]:
    """Bytes of compiled code by package, and of a version as it lies on the flash, packed."""
    found: Counter[str] = Counter({"bytes of the pack": (flash / PACK).stat().st_size})
    for path in tree.rglob("*"):
        if path.is_file():
            parts = path.relative_to(tree).parts
            package = "/".join(parts[: min(2, len(parts) - 1)]) or "/"
            found[f"bytes of {package}"] += path.stat().st_size
            found["bytes in all"] += path.stat().st_size
    return dict(sorted(found.items()))
