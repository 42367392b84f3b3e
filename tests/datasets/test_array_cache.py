"""The array cache makes an entry once, and makes it again when its key or its files changed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from datasets.array_cache import Bundle, cached


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Bundle:
        self.calls += 1
        return Bundle({"numbers": np.arange(1000)}, {"made": self.calls})


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def entry(tmp_path: Path, make: Maker) -> Path:
    cached("entry", {"key": 1}, make, tmp_path)
    return tmp_path / "arrays" / "entry"


def test_entry_is_made_once(tmp_path: Path, make: Maker, entry: Path) -> None:
    bundle = cached("entry", {"key": 1}, make, tmp_path)
    np.testing.assert_array_equal(bundle.arrays["numbers"], np.arange(1000))
    assert bundle.facts == {"made": 1}
    assert not bundle.arrays["numbers"].flags.writeable


def test_other_key_replaces_the_entry(tmp_path: Path, make: Maker, entry: Path) -> None:
    assert cached("entry", {"key": 2}, make, tmp_path).facts == {"made": 2}
    assert [path.name for path in entry.parent.iterdir() if path.is_dir()] == ["entry"]


def cut(entry: Path) -> None:
    path = entry / "numbers.npy"
    path.write_bytes(path.read_bytes()[:-1])


def alter(entry: Path) -> None:
    path = entry / "numbers.npy"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    os.utime(path, (0, 0))


def lose_array(entry: Path) -> None:
    (entry / "numbers.npy").unlink()


def garble_manifest(entry: Path) -> None:
    (entry / "entry.json").write_text("[1, 2")


def empty_manifest(entry: Path) -> None:
    (entry / "entry.json").write_text("{}")


@pytest.mark.parametrize("damage", [cut, alter, lose_array, garble_manifest, empty_manifest])
@pytest.mark.promise(
    "an entry of the array cache is cut, altered, incomplete or its `entry.json` damaged",
    "made again",
)
def test_damaged_entry_is_made_again(tmp_path: Path, make: Maker, entry: Path, damage) -> None:
    damage(entry)
    bundle = cached("entry", {"key": 1}, make, tmp_path)
    np.testing.assert_array_equal(bundle.arrays["numbers"], np.arange(1000))
    assert make.calls == 2
    cached("entry", {"key": 1}, make, tmp_path)
    assert make.calls == 2


def test_copied_entry_with_other_time_stamps_is_served(
    tmp_path: Path, make: Maker, entry: Path
) -> None:
    os.utime(entry / "numbers.npy", (0, 0))
    cached("entry", {"key": 1}, make, tmp_path)
    assert make.calls == 1


@pytest.mark.promise("making a cache entry fails", "nothing is left")
def test_failed_maker_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> Bundle:
        raise ValueError("no data")

    with pytest.raises(ValueError, match="no data"):
        cached("entry", {}, fail, tmp_path)
    assert not (tmp_path / "arrays" / "entry").exists()
    assert cached("entry", {}, Maker(), tmp_path).facts == {"made": 1}


@pytest.mark.promise("a process was killed while it made a cache entry", "what it left is removed")
def test_what_a_killed_maker_left_is_removed_before_the_next_one_works(tmp_path: Path) -> None:
    left = tmp_path / "arrays" / ".entry.a1b2c3"
    other = tmp_path / "arrays" / ".another.a1b2c3"
    for folder in (left, other):
        folder.mkdir(parents=True)
        (folder / "numbers.npy").write_bytes(b"half")
    cached("entry", {}, Maker(), tmp_path)
    assert not left.exists()
    assert other.exists()
