"""What tests of the rig with a `target_name` have shown on chips and boards, kept in the document of `--evidence`."""

import time
from pathlib import Path

import pytest

from osb_hil import evidence
from osb_hil.targets import pico

SHOWN = pytest.StashKey()


def pytest_configure(config):
    config.stash[SHOWN] = []
    if config.getoption("evidence"):
        try:
            evidence.place(Path(config.getoption("evidence")))
        except ValueError as none:
            raise pytest.UsageError(str(none)) from None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    rung = getattr(item, "callspec", None) and item.callspec.params.get("target_name")
    if call.when == "call" and rung not in (None, "unix") and report.outcome != "skipped":
        own = dict(item.user_properties)
        others = [str(value) for name, value in item.callspec.params.items() if name != "target_name"]
        name = item.originalname.removeprefix("test_").replace("_", " ") + "".join(f" ({value})" for value in others)
        if rung == "board":
            rung = f"board ({item.config.getoption('board')})"
        uf2 = evidence.image(pico.uf2(rung)) if rung in ("pico", "pico_w") else "of the board"
        took = ", ".join(f"{value:.1f} s" if name == "seconds" else f"{name}: {value} s" for name, value in own.items())
        row = (name, rung, report.outcome, took, time.strftime("%Y-%m-%d"), evidence.code(), uf2)
        item.config.stash[SHOWN].append(row)


def pytest_sessionfinish(session):
    if session.config.getoption("evidence") and session.config.stash[SHOWN]:
        evidence.record(Path(session.config.getoption("evidence")), session.config.stash[SHOWN])
