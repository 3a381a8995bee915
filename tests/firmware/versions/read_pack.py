"""Runs on MicroPython: tells what is in a pack, or which of many packs can be mounted. Prints one line of JSON."""

import binascii
import json
import os
import sys

import osb_boot
from osb_boot.mount import checked, mount


def refused(path, mode):
    try:
        open(osb_boot.PLACE + "/" + path, mode).close()
    except OSError as e:
        return e.errno


def walk(folder):
    for entry in os.ilistdir(osb_boot.PLACE + folder):
        path = folder + "/" + entry[0]
        assert os.stat(osb_boot.PLACE + path)[0] == entry[1]
        if entry[1] & 0x4000:
            yield from walk(path)
        else:
            size = crc = 0
            with open(osb_boot.PLACE + path, "rb") as f:
                while True:
                    part = f.read(700)
                    if not part:
                        break
                    size += len(part)
                    crc = binascii.crc32(part, crc)
            yield [path[1:], size, crc]


def main(path, *asked):
    if asked and asked[0] == "--mounts":
        mounted = []
        for i in range(int(asked[1])):
            try:
                mount(f"{path}/{i}.pack")
                mounted.append(i)
            except (ValueError, OSError):
                pass
        return {"mounted": mounted}
    mount(path)
    if not asked:
        found = list(walk(""))
        return {"files": found, "index_bytes": len(checked(path)._hashes)}
    sys.path.insert(0, osb_boot.PLACE)
    module, data, missing, folder, empty = asked
    __import__(module)
    with open(osb_boot.PLACE + "/" + data) as f:
        loaded = json.load(f)
    osb_boot.mounted.fetch(data)
    with open(osb_boot.PLACE + "/" + data) as f, open(osb_boot.PLACE + "/" + empty) as other:
        assert json.load(f) == loaded
        assert not other.read()
    osb_boot.mounted.fetch(data)
    osb_boot.mounted.fetch(empty)  # somebody else's
    there, osb_boot.mounted._path = osb_boot.mounted._path, "nowhere"
    with open(osb_boot.PLACE + "/" + data) as f:
        assert json.load(f) == loaded  # without reading it again
    assert refused(data, "rb")  # it has been opened, and is not kept
    osb_boot.mounted.drop(empty)
    assert refused(empty, "rb")
    osb_boot.mounted._path = there
    with open(osb_boot.PLACE + "/" + empty) as f:
        size = len(f.read())
    return {
        "value": sys.modules[module].value,
        "json": loaded,
        "missing": refused(missing, "rb"),
        "folder": refused(folder, "rb"),
        "write": refused(data, "wb"),
        "empty": size,
    }


print(json.dumps(main(*sys.argv[1:])))
