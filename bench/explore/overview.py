"""How much data there is, how it is spread over the classes, and what values its pixels take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from bench.approaches.claim_sets import installed_claim_sets
from bench.explore.wording import called
from bench.pages.figures import SERIES, SURFACE, Figure
from bench.pages.sections import Table
from bench.pages.words import counted, readable
from datasets import ImageDataset, Labelled

CHANNELS = ("red", "green", "blue")
_COLOURS = (SERIES[1], SERIES[2], SERIES[0])
_VALUES = 256
_STATISTICS = ("training mean", "training SD", "test mean", "test SD", "training, 0 to 1")
_CHUNK = 2_000


@dataclass(frozen=True, eq=False)
class PixelValues:
    """How often each channel takes each value.

    Attributes:
        train: int64 (3, 256), counts over the training images.
        test: int64 (3, 256), counts over the test images.
    """

    train: NDArray[np.int64]
    test: NDArray[np.int64]


def sizes_table(dataset: ImageDataset) -> Table:
    """Sizes, dimensions, channels and classes, beside what a report says of them."""
    height, width, channels = dataset.input_shape
    parts = (dataset.train, dataset.test)
    low = min(int(part.images.min()) for part in parts)
    high = max(int(part.images.max()) for part in parts)
    measured = {
        "training images": f"{len(dataset.train):,}",
        "test images": f"{len(dataset.test):,}",
        "dimensions": f"{height} × {width} pixels",
        "channels": f"{channels} ({', '.join(CHANNELS)})",
        "pixel values": f"{low} to {high}, {dataset.train.images.dtype}",
        "size of the pixels": f"{sum(part.images.nbytes for part in parts) / 1e6:,.0f} MB",
        "classes": f"{dataset.num_classes}",
        **({"superclasses": f"{len(dataset.coarse_names)}"} if _joined(dataset) else {}),
        "training images a class": _span(class_counts(dataset.train, dataset.num_classes)),
        "test images a class": _span(class_counts(dataset.test, dataset.num_classes)),
    }
    caption = f"Counted in {called(dataset)}. Source: {dataset.source}."
    report = next(
        (one for one in installed_claim_sets() if one.described and one.dataset == dataset.name),
        None,
    )
    if report is None:
        return Table(caption, ("quantity", "counted"), tuple(measured.items()))
    said = dict(report.described)
    return Table(
        f"{caption} The last column is what the report says ({report.title}).",
        ("quantity", "counted", "in the report"),
        tuple((what, value, said.get(what, "—")) for what, value in measured.items()),
    )


def class_counts(part: Labelled, classes: int) -> NDArray[np.int64]:
    """Images of each class, int64 (classes,)."""
    return np.bincount(part.fine, minlength=classes)


def balance_sentence(dataset: ImageDataset) -> str:
    """Whether the classes are balanced, in words."""
    spans = [
        f"{_span(class_counts(part, dataset.num_classes))} {name} images"
        for name, part in (("training", dataset.train), ("test", dataset.test))
    ]
    balanced = all(
        len(set(class_counts(part, dataset.num_classes).tolist())) == 1
        for part in (dataset.train, dataset.test)
    )
    verdict = "The data is perfectly balanced" if balanced else "The data is not balanced"
    return f"{verdict}: each class has {spans[0]} and {spans[1]}."


def balance_figure(dataset: ImageDataset) -> Figure:
    """Training and test images of every class, stacked to its superclass."""
    members = members_of(dataset)
    counts = [class_counts(part, dataset.num_classes) for part in (dataset.train, dataset.test)]

    def draw(canvas: Canvas) -> None:
        panels = canvas.subplots(1, 2, sharey=True, width_ratios=(4, 1))
        titles = ("training images", "test images")
        for axes, count, title, named in zip(panels, counts, titles, (True, False), strict=True):
            for place in range(max(map(len, members))):
                rows = [row for row, classes in enumerate(members) if place < len(classes)]
                classes = [members[row][place] for row in rows]
                lefts = [int(count[list(members[row][:place])].sum()) for row in rows]
                bars = axes.barh(
                    rows,
                    count[classes],
                    left=lefts,
                    height=0.86,
                    color=SERIES[0],
                    edgecolor=SURFACE,
                    linewidth=1.5,
                )
                if named:
                    names = [readable(dataset.fine_names[label]) for label in classes]
                    axes.bar_label(bars, names, label_type="center", fontsize=7.5, color=SURFACE)
            axes.set_xlabel(title)
            axes.grid(visible=False)
            axes.margins(x=0, y=0.01)
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
        panels[0].set_yticks(range(len(members)), [readable(n) for n in dataset.coarse_names])
        panels[0].invert_yaxis()

    return Figure(
        name="class-balance",
        title="Images of every class and superclass"
        if _joined(dataset)
        else "Images of every class",
        caption=(
            f"{_rows_are(dataset)}, as long as it has images. {balance_sentence(dataset)} Counted "
            f"in {called(dataset)}."
        ),
        alternative=(
            f"Stacked bars. {_rows_are(dataset)}, training images left and test images right. "
            f"{balance_sentence(dataset)}"
        ),
        draw=draw,
        size=(9.0, 6.0),
    )


def _joined(dataset: ImageDataset) -> bool:
    return dataset.taxonomy.has_superclasses


def _rows_are(dataset: ImageDataset) -> str:
    if not _joined(dataset):
        return f"Each of {dataset.num_classes} rows is a class"
    rows = len(dataset.coarse_names)
    return f"Each of {rows} rows is a superclass, each segment one of its classes"


def members_of(dataset: ImageDataset) -> tuple[tuple[int, ...], ...]:
    """The classes of each superclass, by label."""
    fine_to_coarse = dataset.fine_to_coarse
    return tuple(
        tuple(label for label, coarse in enumerate(fine_to_coarse) if coarse == superclass)
        for superclass in range(len(dataset.coarse_names))
    )


def pixel_values(dataset: ImageDataset) -> PixelValues:
    """Count every value of every channel, a few thousand images at a time."""
    return PixelValues(_count(dataset.train), _count(dataset.test))


def channel_table(dataset: ImageDataset, values: PixelValues) -> Table:
    """Mean and standard deviation of each channel."""
    rows = []
    for name, train, test in zip(CHANNELS, values.train, values.test, strict=True):
        cells = [
            f"{number:.2f}" for counts in (train, test) for number in mean_and_deviation(counts)
        ]
        scaled = " ± ".join(f"{number / 255:.4f}" for number in mean_and_deviation(train))
        rows.append((name, *cells, scaled))
    return Table(
        f"Mean and standard deviation (SD) over all pixels of a channel, 0 to 255; the last "
        f"column is the training images' on a scale of 0 to 1. {called(dataset)}.",
        ("channel", *_STATISTICS),
        tuple(rows),
        numeric=_STATISTICS,
    )


def channels_figure(dataset: ImageDataset, values: PixelValues) -> Figure:
    """How the pixel values of each channel are distributed."""

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for name, colour, train, test in zip(
            CHANNELS, _COLOURS, values.train, values.test, strict=True
        ):
            axes.plot(100 * train / train.sum(), color=colour, linewidth=1.2, label=name)
            axes.plot(100 * test / test.sum(), color=colour, linewidth=0.8, linestyle=":")
        axes.set_xlabel("pixel value")
        axes.set_ylabel("fraction of pixels, %")
        axes.set_xlim(0, _VALUES - 1)
        axes.set_ylim(bottom=0)
        axes.legend(title="training (test: dotted)", loc="upper center", ncols=3)

    white = (values.train[:, -1].sum()) / values.train.sum()
    return Figure(
        name="channel-values",
        title="What values the pixels take",
        caption=(
            "Share of each channel's pixels that have each value from 0 to 255, training images "
            f"solid, test images dotted. {100 * white:.1f} % of all training values are 255. "
            f"Counted in {called(dataset)}."
        ),
        alternative=(
            "Three curves, red, green and blue, of how often each pixel value from 0 to 255 "
            f"occurs; {100 * white:.1f} % of the values are 255. The test images' dotted curves "
            "lie beside the training images'."
        ),
        draw=draw,
        size=(9.0, 3.4),
    )


def mean_and_deviation(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Mean and standard deviation of values 0 to 255 that occur `counts` (256,) times."""
    value = np.arange(len(counts))
    mean = float((counts * value).sum() / counts.sum())
    return mean, float(np.sqrt((counts * (value - mean) ** 2).sum() / counts.sum()))


def _count(part: Labelled) -> NDArray[np.int64]:
    counts = np.zeros((len(CHANNELS), _VALUES), np.int64)
    for start in range(0, len(part), _CHUNK):
        chunk = part.images[start : start + _CHUNK]
        for channel in range(len(CHANNELS)):
            counts[channel] += np.bincount(chunk[..., channel].ravel(), minlength=_VALUES)
    return counts


def _span(counts: NDArray[np.int64]) -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def overview_sentence(dataset: ImageDataset) -> str:
    """The sizes in one sentence."""
    height, width, _ = dataset.input_shape
    return (
        f"{called(dataset)} has {counted(len(dataset.train), 'training image')} and "
        f"{counted(len(dataset.test), 'test image')} of {width} × {height} pixels in colour, "
        f"in {dataset.num_classes} classes"
        + (f", which form {len(dataset.coarse_names)} superclasses." if _joined(dataset) else ".")
    )
