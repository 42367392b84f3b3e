"""Files made to harm end in one line, soon, without gigabytes of memory."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import pickle
import tarfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets import DataError, load_cifar100
from datasets.cifar.pickles import unpickle
from tests.support.cifar_files import TinyCifar


@pytest.fixture
def small() -> Iterator[None]:
    """The test takes less than a tenth of a gigabyte."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6


def outcome(make: Callable[[], object]) -> object:
    """What comes, be it an error."""
    try:
        return make()
    except ValueError as error:
        return error


def refuse(path: Path, match: str) -> None:
    with pytest.raises(DataError, match=match) as caught:
        load_cifar100(path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["train.bin", "train", "fine_label_names.txt"])
@pytest.mark.promise("a named pipe lies among the files of the data", "not waited for; one line")
def test_pipe_among_the_files_is_not_waited_for(tiny: TinyCifar, tmp_path: Path, name: str) -> None:
    folder = (tiny.write_python if name == "train" else tiny.write_binary)(tmp_path / "data")
    (folder / name).unlink()
    os.mkfifo(folder / name)
    refuse(folder, f"{name} is not a regular file")


@pytest.mark.promise("a named pipe is given as the data", "not waited for; one line")
def test_pipe_for_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refuse(tmp_path / "pipe", "neither a folder nor a regular file")


@pytest.mark.promise("a folder lies where a file of the data should be", "one line that names it")
def test_folder_for_a_file_is_refused(tiny: TinyCifar, tmp_path: Path) -> None:
    folder = tiny.write_binary(tmp_path / "data")
    (folder / "test.bin").unlink()
    (folder / "test.bin").mkdir()
    refuse(folder, r"test\.bin")


@pytest.mark.promise("a file of the data is sparse, of 60 GB", "not read; one line")
def test_sparse_file_of_sixty_gigabytes_is_not_read(
    tiny: TinyCifar, tmp_path: Path, small: None
) -> None:
    folder = tiny.write_binary(tmp_path / "data")
    os.truncate(folder / "train.bin", 60 * 10**9)
    refuse(folder, "has 60,000,000,000 bytes")


@pytest.mark.parametrize("where", ["folder", "below"])
@pytest.mark.promise("a path is too long", "one short line")
def test_path_too_long_is_named_shortly(tiny: TinyCifar, tmp_path: Path, where: str) -> None:
    path = tmp_path / ("x" * 5000)
    refuse(path if where == "folder" else path / "cifar", "cannot read .*File name too long")


@pytest.mark.promise("a path has a null byte", "one line")
def test_path_with_a_null_byte_is_refused(tmp_path: Path) -> None:
    refuse(tmp_path / "a\0b", r"a\\x00b")


@pytest.mark.promise("a path has line breaks", "one line")
def test_path_with_line_breaks_stays_one_line(tmp_path: Path) -> None:
    refuse(tmp_path / "a\nb\x1b[31m\u202e", r"a\\nb\\x1b\[31m\\u202e does not exist")


@pytest.mark.promise("a file of the data may not be read", "one line that names it")
def test_file_without_permission_is_named(tiny: TinyCifar, tmp_path: Path, monkeypatch) -> None:
    folder = tiny.write_binary(tmp_path / "data")
    really = os.open

    # Root may read everything, so the refusal is played.
    def forbid(path, *arguments):
        if str(path).endswith("test.bin"):
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, *arguments)

    monkeypatch.setattr(os, "open", forbid)
    refuse(folder, r"cannot read .*test\.bin: Permission denied; make it readable")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_folder_without_permission_is_named(tiny: TinyCifar, tmp_path: Path) -> None:
    folder = tiny.write_binary(tmp_path / "data" / "inner")
    folder.parent.chmod(0)
    try:
        refuse(folder, "Permission denied; make it readable")
    finally:
        folder.parent.chmod(0o700)


def member(name: str, content: bytes = b"", **fields: object) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    padding = b"\0" * (-len(content) % 512)
    return info.tobuf() + content + padding


def packed(path: Path, blocks: Iterator[bytes]) -> Path:
    with gzip.open(path, "wb", compresslevel=1) as file:
        for block in blocks:
            file.write(block)
    return path


ZEROS = bytes(1 << 20)


def extended_header_bomb() -> Iterator[bytes]:
    yield member("././@PaxHeader", type=tarfile.XHDTYPE, size=1 << 31)
    for _ in range(64):
        yield ZEROS


def content_bomb() -> Iterator[bytes]:
    yield member("data/other", size=3 << 30)
    for _ in range(450):
        yield ZEROS


def many_members() -> Iterator[bytes]:
    for number in range(1_001):
        yield member(f"empty_{number}")


def nested_headers() -> Iterator[bytes]:
    for _ in range(2_000):
        yield member("././@PaxHeader", b"", type=tarfile.XHDTYPE)


@pytest.mark.parametrize("bomb", [extended_header_bomb, content_bomb, many_members])
@pytest.mark.promise("an archive is a decompression bomb", "not unpacked; one line")
def test_bomb_is_not_unpacked(tmp_path: Path, small: None, bomb) -> None:
    refuse(packed(tmp_path / "cifar.tar.gz", bomb()), "unpacks to more than 400,000,000 bytes")


@pytest.mark.promise("an archive has PAX headers upon headers", "refused early; one line")
def test_headers_upon_headers_are_refused(tmp_path: Path) -> None:
    refuse(packed(tmp_path / "cifar.tar.gz", nested_headers()), "not a complete archive")


@pytest.mark.promise("an `.xz` archive is corrupt", "one line")
def test_corrupt_xz_is_refused(tmp_path: Path) -> None:
    content = bytearray(lzma.compress(os.urandom(2000)))
    content[700] ^= 255
    (tmp_path / "cifar.tar.xz").write_bytes(content)
    refuse(tmp_path / "cifar.tar.xz", "not a complete archive")


@pytest.mark.promise("an archive has links or sparse members", "left out")
def test_links_and_sparse_members_are_left_out(tmp_path: Path) -> None:
    link = member("cifar/train", type=tarfile.SYMTYPE, linkname="/etc/passwd")
    device = member("cifar/test", type=tarfile.CHRTYPE)
    refuse(packed(tmp_path / "cifar.tar.gz", iter([link, device])), "holds no CIFAR-100")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = TinyCifar().write_archive(tmp_path_factory.mktemp("archive") / "cifar.tar.gz")
    return gzip.decompress(path.read_bytes())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6))
@pytest.mark.promise("headers of an archive are changed", "the data or one line")
def test_changed_headers_end_in_data_or_one_line(
    tiny: TinyCifar, archive: bytes, tmp_path: Path, changes
) -> None:
    raw = bytearray(archive)
    for position, value in changes:
        raw[position] = value
    (tmp_path / "cifar.tar").write_bytes(raw)
    found = outcome(lambda: load_cifar100(tmp_path / "cifar.tar"))
    if isinstance(found, Exception):
        assert isinstance(found, DataError)
        assert str(found).isprintable()
    else:
        assert len(found.train) == 200


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda raw: b"\x80\x02" + raw))
@pytest.mark.promise(
    "a pickle holds any bytes",
    "a dictionary of arrays or one error; no code runs",
)
def test_any_bytes_unpickle_to_a_dictionary_or_one_error(raw: bytes) -> None:
    found = outcome(lambda: unpickle(raw))
    assert (
        isinstance(found, dict)
        or "is not a plain pickle" in str(found)
        or "not a dict" in str(found)
    )


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {b"data": np.zeros((200, 3072), np.uint8)},
        {b"data": np.zeros((200, 3072), np.float32), b"fine_labels": [0] * 200},
        {b"data": [[0] * 3072] * 2},
        {
            b"data": np.zeros((200, 3072), np.uint8),
            b"fine_labels": [0] * 200,
            b"coarse_labels": [300] * 200,
        },
        {
            b"data": np.zeros((200, 3072), np.uint8),
            b"fine_labels": [[0]] * 200,
            b"coarse_labels": [0] * 200,
        },
    ],
    ids=["list", "empty", "no_labels", "float", "nested", "large_label", "list_label"],
)
@pytest.mark.promise("a pickle has the right digest and another shape", "refused in one line")
def test_verified_pickle_of_another_shape_is_refused(
    tiny: TinyCifar, tmp_path: Path, monkeypatch, content: object
) -> None:
    folder = tiny.write_python(tmp_path / "data")
    raw = io.BytesIO()
    pickle.Pickler(raw, protocol=2).dump(content)
    (folder / "train").write_bytes(raw.getvalue())
    md5 = {**tiny.edition().md5, "train": hashlib.md5(raw.getvalue()).hexdigest()}
    monkeypatch.setattr(tiny.module, "EDITION", tiny.edition(md5=md5))
    refuse(folder, "^train in ")
