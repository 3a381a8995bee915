"""Tests named `vm_*.py` run on the MicroPython VM with a Pico heap, one VM a file; each `test_*` is an item here."""

from pathlib import PurePosixPath

import pytest

from on_vm import ROOT, run_vm
from shown import pytest_configure, pytest_runtest_makereport, pytest_sessionfinish  # noqa: F401

RUNNER = ROOT / "tests" / "vm_runner.py"


def pytest_addoption(parser):
    bench = parser.getgroup("bench", "where tests of the rig run (docs/hil.md)")
    targets = ("unix", "pico", "pico_w", "board")
    bench.addoption("--target", action="append", choices=targets, help="a rung; may be given more than once (unix)")
    bench.addoption("--box", help="USB port of the board, such as /dev/ttyACM0")
    bench.addoption("--bus", help="the RS-485 adapter wired to it, such as /dev/ttyUSB0")
    bench.addoption("--p1", help="the serial adapter wired to its P1 line by an inverter, such as /dev/ttyUSB1")
    bench.addoption("--board", default="pico_w", help="what it is: a folder of boards/ (pico_w)")
    bench.addoption("--evidence", help="the document that keeps what chips and boards have shown")
    bench.addoption("--page", help="HOST[:PORT] of its page, where it is on a network")


def pytest_xdist_make_scheduler(config, log):
    """Processes of their own (pytest-xdist) share the work by file, but for what belongs together.

    Its own way of groups, `loadgroup`, does nothing with pytest 9.2, whose items have another name inside.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByPlace(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group(PurePosixPath(nodeid.split("::")[0]).relative_to("tests"))

    config.option.loadscopereorder = False  # by the number of tests the few that live a whole day would come last
    return ByPlace(config, log)


LONG = ("system", "hub/dispatch", "flash", "firmware/page", "firmware/versions", "hil/rungs", "season")  # first


def pytest_collection_modifyitems(items):
    """Long ones first, so that processes end together."""
    items.sort(key=lambda item: next((i for i, folder in enumerate(LONG) if folder in str(item.path)), len(LONG)))


def group(place):
    """Which tests of the folder `tests` run in one process: what compiles the same kernels, or shares what is built."""
    if place.parts[:2] == ("hub", "dispatch") or place.name in ("test_dispatch_command.py", "test_bench.py"):
        return "kernels"
    together = ("flash",), ("firmware", "page")  # what is built, and the home that lives for an hour first
    shared = ["/".join(parts) for parts in together if place.parts[: len(parts)] == parts]
    return shared[0] if shared else str(place)


def pytest_collect_file(parent, file_path):
    if file_path.suffix == ".py" and file_path.name.startswith("vm_") and file_path != RUNNER:
        return VmFile.from_parent(parent, path=file_path)
    return None


class VmFile(pytest.File):
    def collect(self):
        names = [line[4:].split("(")[0] for line in self.path.read_text().splitlines() if line.startswith("def test_")]
        names += [
            line[10:].split("(")[0] for line in self.path.read_text().splitlines() if line.startswith("async def test_")
        ]
        if not names:
            raise self.CollectError(f"{self.path} holds no test")
        for name in names:
            yield VmTest.from_parent(self, name=name)

    def outcome(self, name):
        """The lines the VM printed of one test; the whole file runs once, at the first question."""
        if not hasattr(self, "_output"):
            done = run_vm(RUNNER, self.path)
            self._output = done.stdout + done.stderr
        if f"\n--- {name} ok\n" in "\n" + self._output:
            return None
        start = self._output.find(f"--- {name} ")
        return self._output[start:].split("\n--- ")[0] if start >= 0 else self._output[-4000:]


class VmTest(pytest.Item):
    def runtest(self):
        failure = self.parent.outcome(self.name)
        if failure is not None:
            raise VmFailure(failure)

    def repr_failure(self, excinfo, style=None):
        return str(excinfo.value) if isinstance(excinfo.value, VmFailure) else super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, 0, f"{self.name} on MicroPython"


class VmFailure(AssertionError):
    pass
