"""What is kept of a network's or a forest's output on the test images.

Ten thousand images take about 230 kB, and every score in a record follows from this alone, to
the last bit: scores are computed from the stored (rounded) values, never from the exact ones.

`bench.records.layouts` says what the files hold.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.records.layouts import (
    TOP,
    arrays_of,
    fields_of,
    require_columns,
    require_this_layout,
)
from bench.records.logits import Places, log_probabilities, of_class, require_finite
from bench.system.files import array_names, atomic_writer, read_arrays

# Smallest normal float32; stands for a probability of exactly zero, which has no logarithm.
FLOOR = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class Hits:
    """Which images a run got right: all that a comparison of two runs takes.

    Attributes:
        index: int32 (n,), position of each image in the data set's test split.
        credit: float64 (n,), see `Predictions.credit`.
    """

    index: NDArray[np.int32]
    credit: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path) -> Hits:
        """Read them from what `Predictions.save` wrote, without the rest.

        Raises:
            BenchError: the file is missing or damaged.
        """
        try:
            if "layout" in array_names(path):
                require_this_layout(read_arrays(path, ("layout",)))
                arrays = read_arrays(path, ("index", "label_first_place", "label_last_place"))
                require_columns(arrays)
                places = Places(arrays["label_first_place"], arrays["label_last_place"])
                return cls(arrays["index"], places.among_first(1))
            arrays = read_arrays(path, ("index", "label", "top_class"))
            require_columns(arrays)
            right = arrays["top_class"][:, 0] == arrays["label"]
            return cls(arrays["index"], right.astype(np.float64))
        except BenchError as error:
            raise _unreadable(path, error) from error


@dataclass(frozen=True)
class Predictions:
    """The five most probable classes of each image, and where the right one stands.

    Attributes:
        index: int32 (n,), position of each image in the data set's test split.
        label: uint8 (n,), the right fine class.
        top_class: uint8 (n, 5), most probable first; of equally probable ones the lower number
            first, which is for display: no score may depend on it.
        top_log_probability: float32 (n, 5), their natural logarithms.
        label_log_probability: float32 (n,), natural logarithm of the right class's probability.
        label_first_place: uint8 (n,), see `bench.records.logits.Places`; from exact scores.
        label_last_place: uint8 (n,), likewise.
        half_probability: float16 (n, 5), the probabilities in a file of layout 1, whose
            `top_log_probability` follows from them; `None` in the present layout.
    """

    index: NDArray[np.int32]
    label: NDArray[np.uint8]
    top_class: NDArray[np.uint8]
    top_log_probability: NDArray[np.float32]
    label_log_probability: NDArray[np.float32]
    label_first_place: NDArray[np.uint8]
    label_last_place: NDArray[np.uint8]

    half_probability: NDArray[np.float16] | None = None

    @property
    def top_probability(self) -> NDArray[np.float64]:
        """Float64 (n, 5): of the most probable classes."""
        if self.half_probability is not None:
            return self.half_probability.astype(np.float64)
        return np.exp(self.top_log_probability.astype(np.float64))

    @property
    def predicted(self) -> NDArray[np.uint8]:
        """Uint8 (n,): the most probable class; of equally probable ones the lowest number."""
        return self.top_class[:, 0]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Bool (n,): whether the class that is shown as predicted is the right one.

        For display, as it depends on the classes' numbers in a tie; scores take `credit`.
        """
        correct: NDArray[np.bool_] = self.predicted == self.label
        return correct

    @property
    def credit(self) -> NDArray[np.float64]:
        """Float64 (n,): 1 where the right class stands alone at the top, 1/k with k at the top."""
        return Places(self.label_first_place, self.label_last_place).among_first(1)

    @property
    def top_credit(self) -> NDArray[np.float64]:
        """Float64 (n,): the probability of the right class being among the five, see `Places`."""
        return Places(self.label_first_place, self.label_last_place).among_first(TOP)

    @property
    def hits(self) -> Hits:
        """The images and which of them are right."""
        return Hits(self.index, self.credit)

    @classmethod
    def from_logits(
        cls,
        logits: NDArray[np.floating],
        label: NDArray[np.integer],
        index: NDArray[np.integer],
    ) -> Predictions:
        """Keep what scores need of a network's output before its softmax.

        Args:
            logits: float (n, classes), at most 256 classes.
            label: (n,), the right class of each.
            index: (n,), position of each image in the data set's test split.

        Raises:
            BenchError: a logit is infinite or NaN, the lengths differ, or a label is no class.
        """
        _require_fitting(logits, label, index)
        return _kept(logits, log_probabilities(logits), label, index)

    @classmethod
    def from_probabilities(
        cls,
        probabilities: NDArray[np.floating],
        label: NDArray[np.integer],
        index: NDArray[np.integer],
    ) -> Predictions:
        """Keep what scores need of class probabilities, as a forest gives them.

        A forest can say an exact zero, whose logarithm is no number: its logarithm is taken of
        `FLOOR` (-87.34 nats), so that one wrong leaf does not make a mean loss infinite. Places
        and ties come from the probabilities themselves.

        Args:
            probabilities: float (n, classes) in 0 to 1, at most 256 classes.
            label: (n,), the right class of each.
            index: (n,), position of each image in the data set's test split.

        Raises:
            BenchError: a value is no probability, the lengths differ, or a label is no class.
        """
        _require_fitting(probabilities, label, index)
        require_finite(probabilities)
        if probabilities.size and not (probabilities.min() >= 0 and probabilities.max() <= 1):
            raise BenchError("a probability is not between 0 and 1; give logits to `from_logits`")
        floored = np.log(np.maximum(probabilities.astype(np.float64), FLOOR))
        return _kept(probabilities, floored, label, index)

    def save(self, path: Path) -> None:
        """Write a compressed `.npz`, atomically.

        Raises:
            BenchError: it cannot be written.
        """
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays_of(vars(self)))
        with atomic_writer(path) as file:
            file.write(buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read what `save` wrote, in this layout or the first.

        Raises:
            BenchError: the file is missing or damaged, or of a later layout.
        """
        try:
            return cls(**fields_of(read_arrays(path)))
        except BenchError as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> BenchError:
    return BenchError(
        f"{path} cannot be read as predictions ({error}); delete its folder and run again"
    )


def _require_fitting(
    scores: NDArray[np.floating], label: NDArray[np.integer], index: NDArray[np.integer]
) -> None:
    if not (len(scores) == len(label) == len(index)):
        raise BenchError(
            f"{len(scores)} predictions, {len(label)} labels and {len(index)} indices; "
            "give one label and one index for each prediction"
        )
    classes = scores.shape[1]
    if not 1 <= classes <= 256:
        raise BenchError(f"{classes} classes do not fit into uint8; give 1 to 256")
    if len(label) and not (label.min() >= 0 and label.max() < classes):
        raise BenchError(f"labels {label.min()} to {label.max()} of {classes} classes")


def _kept(
    scores: NDArray[np.floating],
    logarithms: NDArray[np.float64],
    label: NDArray[np.integer],
    index: NDArray[np.integer],
) -> Predictions:
    top = _top_classes(scores)
    places = Places.of(scores, label)
    return Predictions(
        index=index.astype(np.int32),
        label=label.astype(np.uint8),
        top_class=top.astype(np.uint8),
        top_log_probability=np.take_along_axis(logarithms, top, axis=1).astype(np.float32),
        label_log_probability=of_class(logarithms, label).astype(np.float32),
        label_first_place=places.first,
        label_last_place=places.last,
    )


def _top_classes(scores: NDArray[np.floating]) -> NDArray[np.intp]:
    """The five best classes of each image; of equal ones the lower number first.

    Five passes instead of a sort, whose time would grow faster than the number of classes.
    """
    left = scores.copy()
    places = []
    for _ in range(min(TOP, left.shape[1])):
        places.append(left.argmax(axis=1))
        np.put_along_axis(left, places[-1][:, None], -np.inf, axis=1)
    return np.stack(places, axis=1)
