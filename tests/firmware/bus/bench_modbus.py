"""Our Modbus master beside micropython-modbus, on the same VM, against the same slave, written to docs/benchmarks.md.

    python tests/firmware/bus/bench_modbus.py

The other library is GPL-3: pip brings it into a folder that is thrown away, and nothing of it stays here. Processor
time of the VM is what is compared, and the longest time that the library lets nothing else run.
"""

import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "hil"), str(ROOT / "tests" / "firmware" / "devices")]

import field  # noqa: E402

from osb_hil.firmware import micropython  # noqa: E402

PACKAGE = "micropython-modbus==2.3.7"
BEGIN, END = "<!-- modbus figures: begin -->", "<!-- modbus figures: end -->"
READS, ROUNDS = 4000, 5
POLLS, POLL_S = 360, 10  # an hour


def fetched(folder):
    """The library's folder. pip finds the archive, but cannot unpack what has no set-up for CPython."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "-d", folder, PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"https?://\S+\.tar\.gz", told.stdout + told.stderr)
    if not found:
        raise SystemExit(f"pip does not find {PACKAGE}: {told.stderr.strip()}")
    archive, _ = urllib.request.urlretrieve(found[0], Path(folder) / "archive.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return next(Path(folder).glob("micropython-modbus-*"))


def run(library, *words):
    """(what the VM said, its processor time [s])."""
    path = [str(ROOT / "firmware"), str(ROOT / "wire"), str(library), ".frozen"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*micropython(), str(Path(__file__).parent / "bench_modbus_vm.py"), *map(str, words)],
        env={**os.environ, "MICROPYPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout.splitlines()[-1]), cpu_s


def reads(library, kind, where, registers, number):
    """{who: (CPU µs of the VM, wall µs) a read}, medians of rounds that alternate; starting the VM is taken off."""
    cpu, wall = {"ours": [], "umodbus": []}, {"ours": [], "umodbus": []}
    for _ in range(ROUNDS):
        for who in cpu:
            _, start_s = run(library, who, kind, where, 1, registers, 0)
            told, took_s = run(library, who, kind, where, 1, registers, number)
            if told["good"] != number:
                raise SystemExit(f"{who}: {told['good']} of {number} reads were right")
            cpu[who].append(1e6 * (took_s - start_s) / number)
            wall[who].append(told["us"] / number)
    return {who: (statistics.median(cpu[who]), statistics.median(wall[who])) for who in cpu}


def dead(library, kind, where):
    """{who: longest time [ms] that nothing else ran while a slave that is not there was asked}."""
    return {
        who: statistics.median(run(library, who, kind, where, 9, 2, 3)[0]["held_ms"] for _ in range(3))
        for who in ("ours", "umodbus")
    }


def slave():
    return field.Slave(1, inputs={0: list(range(125))})


def lost():
    """Questions to a dead slave in an hour of polls, beside two that live, and all questions to those."""
    meters = [field.Slave(unit, inputs={12: [17530, 0], 52: [17530, 0], 72: [17530, 0, 17530, 0]}) for unit in (1, 3)]
    devices = [
        {"role": role, "profile": profile, "bus": "a", "unit": unit}
        for role, profile, unit in (
            ("grid", "eastron_sdm630", 1),
            ("heat_pump", "eastron_sdm120", 2),
            ("tank", "eastron_sdm120", 3),
        )
    ]
    with field.line() as line, field.rtu_slaves(line, *meters):
        line.dead.add(2)
        with field.Field({"a": {"type": "rtu", "port": line.box, "timeout_ms": 40}}, devices, POLL_S) as box:
            for poll in range(POLLS):
                box.sweep(1000 + POLL_S * poll)
        return line.asked_of(2)


def table(rows):
    return ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def main():
    out = [
        "| one read | ours, CPU [µs] | micropython-modbus, CPU [µs] | ratio | ours, wall [µs] | theirs, wall [µs] |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    holds = {}
    with tempfile.TemporaryDirectory() as folder:
        library = fetched(folder)
        with field.tcp_slaves(slave()) as bus:
            where = f"{bus['host']}:{bus['port']}"
            for registers in (2, 100):
                told = reads(library, "tcp", where, registers, READS)
                out += table([_row(f"TCP, {registers} registers", told)])
        with field.line() as line, field.rtu_slaves(line, slave()):
            for registers in (2, 100):
                told = reads(library, "rtu", line.box, registers, 200)
                out += table([_row(f"RTU, {registers} registers, no time on the air", told)])
            line.dead.add(9)
            holds["RTU, 9600 baud"] = dead(library, "rtu", line.box)
        with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
            holds["TCP, time-out of 1 s"] = dead(library, "tcp", f"127.0.0.1:{silent.getsockname()[1]}")
    out += [
        "",
        "| a slave that is not there | ours: nothing else ran for [ms] | micropython-modbus [ms] |",
        "|---|---:|---:|",
    ]
    out += table([(name, f"{held['ours']:.0f}", f"{held['umodbus']:.0f}") for name, held in holds.items()])
    asked = lost()
    share = asked / POLLS
    out += [
        "",
        f"An hour of polls every {POLL_S} s with one dead slave of three on a line: it was asked {asked} times, not "
        f"{POLLS}; with a time-out of 1 s that is {100 * share / POLL_S:.1f} % of the line's time, and without "
        f"back-off it would be {100 / POLL_S:.0f} %.",
    ]
    path = ROOT / "docs" / "benchmarks.md"
    text = path.read_text()
    head, rest = text.split(BEGIN)
    path.write_text(head + "\n".join([BEGIN, *out, END]) + rest.split(END)[1])
    print("\n".join(out))


def _row(name, told):
    ours, theirs = told["ours"], told["umodbus"]
    return (
        name,
        f"{ours[0]:.0f}",
        f"{theirs[0]:.0f}",
        f"{ours[0] / theirs[0]:.2f}",
        f"{ours[1]:.0f}",
        f"{theirs[1]:.0f}",
    )


if __name__ == "__main__":
    main()
