"""Tiny CIFAR data sets in both official layouts, read by the same code as the real ones."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
import tarfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from datasets.cifar.edition import Edition
from datasets.cifar10 import loader as cifar10
from datasets.cifar100 import loader as cifar100
from datasets.image_dataset import Labelled, Sizes, content_digest
from datasets.taxonomy import Taxonomy


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
    """A few images of each class, written wherever a test wants them."""

    module = cifar100
    sizes = Sizes(classes=100, superclasses=20, train_per_class=2, test_per_class=1)
    taxonomy = Taxonomy(
        tuple(f"thing_{i}" for i in range(100)),
        tuple(f"kind_{i}" for i in range(20)),
        tuple(i // 5 for i in range(100)),
    )
    archive = "cifar-100-python"

    def __init__(self) -> None:
        random = np.random.RandomState(0)
        self.train = self._split(self.sizes.train_per_class, random)
        self.test = self._split(self.sizes.test_per_class, random)

    def _split(self, per_class: int, random: np.random.RandomState) -> Labelled:
        fine = random.permutation(np.repeat(np.arange(self.sizes.classes), per_class))
        images = random.randint(0, 256, (len(fine), 32, 32, 3)).astype(np.uint8)
        return Labelled(
            images, fine.astype("u1"), np.array(self.taxonomy.fine_to_coarse, "u1")[fine]
        )

    def batches(self) -> dict[str, tuple[Labelled, slice]]:
        """The samples of each file, by the name that it has in the Python layout."""
        return {"train": (self.train, slice(None)), "test": (self.test, slice(None))}

    def write_binary(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (split, where) in self.batches().items():
            labels = np.stack([split.coarse, split.fine], axis=1)[:, -len(self._kinds()) :]
            table = np.hstack([labels, _planes(split)])[where]
            (folder / f"{name}.bin").write_bytes(table.tobytes())
        self.write_names(folder)
        return folder

    def write_names(self, folder: Path) -> None:
        # Other line ends, case and spaces than in the pickles.
        fine = "\r\n".join(n.upper().replace("_", " ") for n in self.taxonomy.fine_names)
        (folder / "fine_label_names.txt").write_bytes(fine.encode() + b"\r\n\r\n")
        (folder / "coarse_label_names.txt").write_text("\n".join(self.taxonomy.coarse_names) + "\n")

    def write_python(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.pickles().items():
            (folder / name).write_bytes(content)
        return folder

    def write_archive(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = self.write_python(path.parent / "unpacked" / self.archive)
        with tarfile.open(path, "w:gz") as archive:
            archive.add(folder, self.archive)
        return path

    def pickles(self) -> dict[str, bytes]:
        pickle = PythonTwoPickle
        written = {
            name: pickle.mapping(
                {"data": pickle.array(_planes(split)[where])}
                | {
                    key: pickle.numbers(getattr(split, kind)[where].tolist())
                    for key, kind in self._kinds().items()
                }
            )
            for name, (split, where) in self.batches().items()
        }
        (names,) = self.module.EDITION.layouts["python"].names
        written[names] = pickle.mapping(
            {
                key.decode(): b"](" + b"".join(map(pickle.text, value)) + b"e"
                for key, value in zip(
                    self.module.EDITION.name_keys,
                    (self.taxonomy.fine_names, self.taxonomy.coarse_names),
                    strict=False,
                )
            }
        )
        return written

    def edition(self, **changes: object) -> Edition:
        means = self.train.images.mean(axis=(0, 1, 2), dtype=np.float64) / 255
        real = self.module.EDITION
        fields: dict[str, object] = {
            "url": f"file:///nowhere/{self.archive}.tar.gz",
            "archive_sha256": "0" * 64,
            "sizes": self.sizes,
            "md5": {name: hashlib.md5(raw).hexdigest() for name, raw in self.pickles().items()},
            "taxonomy": self.taxonomy,
            "content_digest": real.content_digest and content_digest(self.train, self.test),
            "channel_means": real.channel_means and tuple(float(f"{mean:.4f}") for mean in means),
        }
        return dataclasses.replace(real, **{**fields, **changes})

    def _kinds(self) -> dict[str, str]:
        return {"fine_labels": "fine", "coarse_labels": "coarse"}


class TinyCifar10(TinyCifar):
    """Five images of each class for training, one in each batch, and two for the test."""

    module = cifar10
    sizes = Sizes(classes=10, superclasses=10, train_per_class=5, test_per_class=2)
    taxonomy = cifar10.EDITION.taxonomy
    archive = "cifar-10-batches-py"

    def batches(self) -> dict[str, tuple[Labelled, slice]]:
        parts = {f"data_batch_{i + 1}": (self.train, slice(10 * i, 10 * i + 10)) for i in range(5)}
        return {**parts, "test_batch": (self.test, slice(None))}

    def write_names(self, folder: Path) -> None:
        (folder / "batches.meta.txt").write_text("\n".join(self.taxonomy.fine_names) + "\n\n")

    def _kinds(self) -> dict[str, str]:
        return {"labels": "fine"}


def _planes(split: Labelled) -> np.ndarray:
    return split.images.transpose(0, 3, 1, 2).reshape(len(split), -1)
