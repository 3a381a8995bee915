"""One file for a version: the real VM finds every byte of every file in it, and nothing where it is damaged."""

import json
import random
import re
import zlib
from pathlib import Path

import pytest
from board import run

from osb_hil import pack
from osb_hil.firmware import compiled, mpy

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def files():
    tree = compiled()
    return {p.relative_to(tree).as_posix(): p.read_bytes() for p in sorted(tree.rglob("*")) if p.is_file()}


def looked(tmp_path, packed, *paths):
    """What `read_pack.py` tells of a pack; files come back as they are read."""
    (tmp_path / "app.pack").write_bytes(packed)
    done = run(HERE / "read_pack.py", tmp_path / "app.pack", *paths, heap="2m")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_every_file_is_read_to_its_last_byte_and_every_folder_lists_what_is_in_it(tmp_path, files):
    packed, parts = pack.pack(files)
    told = looked(tmp_path, packed)
    assert {path: (size, crc) for path, size, crc in told["files"]} == {
        path: (len(content), zlib.crc32(content)) for path, content in files.items()
    }
    assert told["index_bytes"] < 1024
    assert sum(parts) == len(packed)
    assert max(parts) <= 4096
    assert len(packed) < 0.85 * sum(map(len, files.values()))


def test_imports_data_and_what_is_not_there(tmp_path):
    files = {
        "tops/__init__.py": b"",
        "tops/inner/__init__.py": b"value = 42\n",
        "tops/inner/data.json": b'{"a": [1, 2]}',
        "tops/empty": b"",
        "tops/noise.gz": random.Random(1).randbytes(9000),
    }
    packed, _ = pack.pack(files)
    told = looked(tmp_path, packed, "tops.inner", "tops/inner/data.json", "tops/none", "tops/inner", "tops/empty")
    assert told["value"] == 42
    assert told["json"] == {"a": [1, 2]}
    assert told["missing"] == 2  # ENOENT
    assert told["folder"] == 21  # EISDIR
    assert told["write"] == 30  # EROFS
    assert told["empty"] == 0


def test_what_several_load_at_the_same_time_is_read_once(tmp_path):
    modules = {f"at_once/{name}.mpy": mpy(Path(f"{name}.py"), f"value = '{name}'\n".encode(), []) for name in "abcdef"}
    packed, _ = pack.pack({"at_once/__init__.py": b"", **modules})
    (tmp_path / "app.pack").write_bytes(packed)
    done = run(HERE / "load_at_once.py", tmp_path / "app.pack", heap="2m")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {
        "together": ["a", "b", "c"],
        "reads": 3,
        "beside two that hang": "f",
        "after those were given up": "d",
        "reads then": 1,
    }


def test_the_same_files_make_the_same_bytes_whatever_their_order(files):
    turned = dict(sorted(files.items(), reverse=True))
    assert pack.pack(files) == pack.pack(turned)


def test_a_file_that_grows_leaves_the_parts_of_other_folders_as_they_are(files):
    changed = files | {"osb_box/plan/offer.mpy": files["osb_box/plan/offer.mpy"] + bytes(range(200))}
    before, after = (
        {line for line in pack.manifest(*pack.pack(one), "0").splitlines()[1:]} for one in (files, changed)
    )
    assert 2 <= len(after - before) <= 6


def test_two_paths_with_one_hash_are_refused():
    one, other = "plumless", "buckeroo"  # a known pair of words with the CRC-32 4ddb0c25
    assert zlib.crc32(one.encode()) == zlib.crc32(other.encode()) == 0x4DDB0C25
    with pytest.raises(ValueError, match=re.escape("have the same CRC-32: call one of them something else")):
        pack.pack({one: b"1", other: b"2"})
    with pytest.raises(ValueError, match="CRC-32"):
        pack.pack({one: b"1", other + ".mpy": b"2"})  # which an import of that name would find


def test_a_pack_that_is_not_whole_is_never_mounted(tmp_path):
    packed, _ = pack.pack({f"osb_box/{i}.mpy": bytes([i]) * 50 * i for i in range(40)})
    rng = random.Random(1)
    index_end = 16 + 7 * 42 + 3
    damaged = [packed[:n] for n in (0, 1, 15, 16, 100, index_end, len(packed) - 1)] + [packed + b"\x00"]
    for _ in range(60):
        at = rng.choice([*range(5), *range(6, index_end)])
        damaged.append(packed[:at] + bytes([packed[at] ^ 1 << rng.randrange(8)]) + packed[at + 1 :])
    for i, content in enumerate(damaged):
        (tmp_path / f"{i}.pack").write_bytes(content)
    done = run(HERE / "read_pack.py", tmp_path, "--mounts", len(damaged))
    assert json.loads(done.stdout) == {"mounted": []}, done.stdout + done.stderr
