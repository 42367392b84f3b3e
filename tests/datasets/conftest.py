"""A tiny CIFAR-100 in both official layouts, read by the same code as the real one."""

from __future__ import annotations

import hashlib
import struct
import tarfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from datasets.cifar100 import loader as cifar100
from datasets.image_dataset import Labelled, content_digest

CLASSES = 100
FINE_NAMES = [f"thing_{i}" for i in range(CLASSES)]
COARSE_NAMES = [f"kind_{i}" for i in range(20)]


class PythonTwoPickle:
    """Writes what Python 2 wrote at protocol 2, opcode by opcode, as the official files are."""

    @staticmethod
    def text(value: str | bytes) -> bytes:
        raw = value.encode() if isinstance(value, str) else value
        return b"T" + struct.pack("<i", len(raw)) + raw

    @staticmethod
    def numbers(values: Iterable[int]) -> bytes:
        return b"](" + b"".join(b"M" + struct.pack("<H", value) for value in values) + b"e"

    @classmethod
    def array(cls, table: np.ndarray) -> bytes:
        shape = b"".join(b"J" + struct.pack("<i", size) for size in table.shape)
        dtype = b"cnumpy\ndtype\n" + cls.text("u1") + b"K\x00K\x01\x87R"
        dtype += b"(K\x03" + cls.text("|") + b"NNN" + b"J\xff\xff\xff\xff" * 2 + b"K\x00tb"
        new = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85"
        new += cls.text("b") + b"\x87R"
        return new + b"(K\x01(" + shape + b"t" + dtype + b"\x89" + cls.text(table.tobytes()) + b"tb"

    @classmethod
    def mapping(cls, items: dict[str, bytes]) -> bytes:
        body = b"".join(cls.text(key) + value for key, value in items.items())
        return b"\x80\x02}(" + body + b"u."


class TinyCifar:
    """100 classes of 2 training and 1 test images, written wherever a test wants them."""

    def __init__(self) -> None:
        random = np.random.RandomState(0)
        self.train = self._part(random.permutation(np.repeat(np.arange(CLASSES), 2)), random)
        self.test = self._part(random.permutation(CLASSES), random)

    @staticmethod
    def _part(fine: np.ndarray, random: np.random.RandomState) -> Labelled:
        images = random.randint(0, 256, (len(fine), 32, 32, 3)).astype(np.uint8)
        return Labelled(images, fine.astype(np.uint8), (fine // 5).astype(np.uint8))

    def parts(self) -> dict[str, Labelled]:
        return {"train": self.train, "test": self.test}

    def write_binary(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, part in self.parts().items():
            labels = np.stack([part.coarse, part.fine], axis=1)
            (folder / f"{name}.bin").write_bytes(np.hstack([labels, _planes(part)]).tobytes())
        # Other line ends, case and spaces than in the pickles.
        fine = "\r\n".join(name.upper().replace("_", " ") for name in FINE_NAMES)
        (folder / "fine_label_names.txt").write_bytes(fine.encode() + b"\r\n\r\n")
        (folder / "coarse_label_names.txt").write_text("\n".join(COARSE_NAMES) + "\n")
        return folder

    def write_python(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.pickles().items():
            (folder / name).write_bytes(content)
        return folder

    def write_archive(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = self.write_python(path.parent / "unpacked" / "cifar-100-python")
        with tarfile.open(path, "w:gz") as archive:
            archive.add(folder, "cifar-100-python")
        return path

    def pickles(self) -> dict[str, bytes]:
        pickle = PythonTwoPickle
        written = {
            name: pickle.mapping(
                {
                    "data": pickle.array(_planes(part)),
                    "fine_labels": pickle.numbers(part.fine.tolist()),
                    "coarse_labels": pickle.numbers(part.coarse.tolist()),
                }
            )
            for name, part in self.parts().items()
        }
        names = {"fine_label_names": FINE_NAMES, "coarse_label_names": COARSE_NAMES}
        written["meta"] = pickle.mapping(
            {key: b"](" + b"".join(map(pickle.text, value)) + b"e" for key, value in names.items()}
        )
        return written

    def edition(self, **changes: object) -> cifar100.Edition:
        fields = {
            "url": "file:///nowhere/cifar-100-python.tar.gz",
            "archive_sha256": "0" * 64,
            "md5": {name: hashlib.md5(raw).hexdigest() for name, raw in self.pickles().items()},
            "records": (len(self.train), len(self.test)),
            "content_digest": content_digest(self.train, self.test),
            "names_sha256": hashlib.sha256(
                "\n".join(FINE_NAMES + COARSE_NAMES).encode()
            ).hexdigest(),
        }
        return cifar100.Edition(**{**fields, **changes})


def _planes(part: Labelled) -> np.ndarray:
    return part.images.transpose(0, 3, 1, 2).reshape(len(part), -1)


@pytest.fixture(autouse=True)
def _own_cache(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep the user's caches out of the smoke tests, and the smoke tests out of those caches."""
    if request.node.get_closest_marker("smoke"):
        monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
        monkeypatch.delenv("CIFAR100_DIR", raising=False)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> TinyCifar:
    """The tiny CIFAR-100, whose checksums take the place of the real one's."""
    data = TinyCifar()
    monkeypatch.setattr(cifar100, "EDITION", data.edition())
    return data
