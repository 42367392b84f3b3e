"""What is kept of a network's or a forest's output on the test images.

Ten thousand images take about 150 kB, and every score in a record follows from this alone, to
the last bit: scores are computed from the stored (rounded) values, never from the exact ones.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.system.files import atomic_writer, read_arrays

TOP = 5
# Smallest probability that still has a logarithm in float32; a forest can say an exact zero.
FLOOR = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class Hits:
    """Which images a run got right: all that a comparison of two runs takes.

    Attributes:
        index: int32 (n,), position of each image in the data set's test split.
        correct: bool (n,), whether the predicted class is the right one.
    """

    index: NDArray[np.int32]
    correct: NDArray[np.bool_]

    @classmethod
    def load(cls, path: Path) -> Hits:
        """Read them from what `Predictions.save` wrote, without the rest.

        Raises:
            BenchError: the file is missing or damaged.
        """
        try:
            arrays = read_arrays(path, ("index", "label", "top_class"))
        except BenchError as error:
            raise _unreadable(path, error) from error
        return cls(arrays["index"], arrays["top_class"][:, 0] == arrays["label"])


@dataclass(frozen=True)
class Predictions:
    """The five most probable classes of each image, and what was said of the right one.

    Attributes:
        index: int32 (n,), position of each image in the data set's test split.
        label: uint8 (n,), the right fine class.
        top_class: uint8 (n, 5), most probable first.
        top_probability: float16 (n, 5).
        label_log_probability: float16 (n,), natural logarithm of the right class's probability.
    """

    index: NDArray[np.int32]
    label: NDArray[np.uint8]
    top_class: NDArray[np.uint8]
    top_probability: NDArray[np.float16]
    label_log_probability: NDArray[np.float16]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Bool (n,): whether the predicted class is the right one."""
        correct: NDArray[np.bool_] = self.top_class[:, 0] == self.label
        return correct

    @property
    def hits(self) -> Hits:
        """The images and which of them are right."""
        return Hits(self.index, self.correct)

    @classmethod
    def from_probabilities(
        cls,
        probabilities: NDArray[np.floating],
        label: NDArray[np.integer],
        index: NDArray[np.integer],
    ) -> Predictions:
        """Keep the top five of `probabilities`, float (n, classes) with rows that sum to one.

        Raises:
            ValueError: a probability is not finite, or the lengths differ.
        """
        if not (len(probabilities) == len(label) == len(index)):
            raise ValueError(
                f"{len(probabilities)} predictions, {len(label)} labels and {len(index)} indices"
            )
        if not np.isfinite(probabilities).all():
            raise ValueError("the model's output is not finite (training diverged?)")
        order = _top_classes(probabilities)
        of_label = np.take_along_axis(probabilities, label[:, None].astype(np.int64), axis=1)[:, 0]
        return cls(
            index=index.astype(np.int32),
            label=label.astype(np.uint8),
            top_class=order.astype(np.uint8),
            top_probability=np.take_along_axis(probabilities, order, axis=1).astype(np.float16),
            label_log_probability=np.log(np.maximum(of_label, FLOOR)).astype(np.float16),
        )

    def save(self, path: Path) -> None:
        """Write a compressed `.npz`, atomically."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **vars(self))
        with atomic_writer(path) as file:
            file.write(buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read what `save` wrote.

        Raises:
            BenchError: the file is missing or damaged.
        """
        try:
            return cls(**read_arrays(path))
        except (BenchError, TypeError) as error:
            raise _unreadable(path, error) from error


def _top_classes(probabilities: NDArray[np.floating]) -> NDArray[np.intp]:
    """The five most probable classes of each image; of equally likely ones the lower number first.

    Five passes instead of a sort, whose time would grow faster than the number of classes.
    """
    left = probabilities.copy()
    places = []
    for _ in range(min(TOP, left.shape[1])):
        places.append(left.argmax(axis=1))
        np.put_along_axis(left, places[-1][:, None], -np.inf, axis=1)
    return np.stack(places, axis=1)


def _unreadable(path: Path, error: Exception) -> BenchError:
    return BenchError(
        f"{path} cannot be read as predictions ({error}); delete its folder and run again"
    )
