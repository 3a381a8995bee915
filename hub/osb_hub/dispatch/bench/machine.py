"""Which machine figures were measured on."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """CPU model and the cores that this process may use."""
    return f"{cpu_model()}, {cores()} {'core' if cores() == 1 else 'cores'}"


def cpu_model() -> str:
    """As the system calls it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
