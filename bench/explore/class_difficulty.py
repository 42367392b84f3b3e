"""Which classes are easy to tell from the others and which are not, as measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from bench.analysis.confusion import class_accuracy, confused_pairs, counts
from bench.analysis.statistics import wilson_interval
from bench.explore.evidence import Evidence
from bench.explore.samples import chosen
from bench.explore.sheet import LINE, SMALL, WIDTH, Sheet, Tile, Words, scaled, strip
from bench.explore.wording import called
from bench.pages.figures import FAINT, INK, MUTED, SERIES, Figure
from bench.pages.sections import Cell, Table
from bench.pages.words import counted, enumerated, percent, readable
from datasets import ImageDataset

ENDS = 10
PAIRS = 10
EACH = 6
SHOWN_ENDS = 6
_COLUMNS = 4
_HALF = WIDTH // 2 + 6
_LABELS = 98
_EASY, _HARD = SERIES[2], SERIES[1]


@dataclass(frozen=True, eq=False)
class ClassDifficulty:
    """How well each class is told from the others.

    Attributes:
        confusions: int64 (classes, classes), how often a class (row) was misclassified as one
            (column).
    """

    confusions: NDArray[np.int64]

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """Fraction of each class's answers that are right; NaN for a class without an image."""
        return class_accuracy(self.confusions)

    @property
    def order(self) -> tuple[int, ...]:
        """Classes that have an accuracy, the easiest first."""
        accuracy = self.accuracy
        known = np.flatnonzero(~np.isnan(accuracy))
        return tuple(known[np.argsort(-accuracy[known], kind="stable")].tolist())

    def pairs(self, count: int = PAIRS) -> tuple[tuple[int, int], ...]:
        """The pairs of classes most often misclassified as each other, both ways together.

        The class that is mistaken more often stands first; pairs without a mistake are left out.
        """
        return tuple(
            (pair.one, pair.other) if pair.forth >= pair.back else (pair.other, pair.one)
            for pair in confused_pairs(self.confusions).most(count)
        )


def measure(dataset: ImageDataset, evidence: Evidence) -> ClassDifficulty:
    """Count the evidence."""
    return ClassDifficulty(counts(evidence.label, evidence.said, dataset.num_classes))


def difficulty_sentence(dataset: ImageDataset, measured: ClassDifficulty) -> str:
    """The ends, and how far mistakes stay within a superclass."""
    order = measured.order
    count = min(ENDS, len(order) // 2)
    ends = (
        f"Easiest are {_names(dataset, order[:count])}; hardest, the hardest first, are "
        f"{_names(dataset, order[::-1][:count])}."
    )
    if not dataset.taxonomy.has_superclasses:
        return ends
    coarse = np.array(dataset.fine_to_coarse)
    wrong = measured.confusions - np.diag(np.diag(measured.confusions))
    within = int(wrong[coarse[:, None] == coarse[None, :]].sum())
    siblings = float((coarse[:, None] == coarse[None, :]).sum(axis=1).mean() - 1)
    return (
        f"{ends} Of {counted(int(wrong.sum()), 'mistake')}, "
        f"{percent(within / max(1, int(wrong.sum())))} stay within the right superclass; answers "
        f"at random would give {percent(siblings / (dataset.num_classes - 1))}."
    )


def ends_table(dataset: ImageDataset, evidence: Evidence, measured: ClassDifficulty) -> Table:
    """The easiest and the hardest classes, and what they are misclassified as."""
    order = measured.order
    count = min(ENDS, len(order) // 2)
    parents, joined = dataset.fine_to_coarse, dataset.taxonomy.has_superclasses
    rows: list[tuple[Cell | str, ...]] = []
    for kind, labels in (("easy", order[:count]), ("hard", order[-count:])):
        for label in labels:
            row = measured.confusions[label].copy()
            row[label] = 0
            other = int(row.argmax())
            taken = f"{readable(dataset.fine_names[other])} ({row[other]})" if row[other] else "—"
            rows.append(
                (
                    kind,
                    _linked(dataset, evidence, label),
                    *([readable(dataset.coarse_names[parents[label]])] if joined else []),
                    percent(float(measured.accuracy[label])),
                    _interval(evidence, label),
                    f"{measured.confusions[label].sum():,}",
                    taken,
                )
            )
    return Table(
        f"The {count} easiest and the {count} hardest classes, measured by {evidence.source}. "
        "The Wilson interval is for the class's test images being a sample.",
        (
            "",
            "class",
            *(["superclass"] if joined else []),
            "accuracy",
            "95 % interval",
            "answers",
            "most often misclassified as",
        ),
        tuple(rows),
        numeric=("accuracy", "95 % interval", "answers"),
        header=1,
    )


def _linked(dataset: ImageDataset, evidence: Evidence, label: int) -> Cell:
    """The name of a class, which leads to where the report shows it."""
    name = readable(dataset.fine_names[label])
    return Cell(name, name, href=evidence.href)


def _interval(evidence: Evidence, label: int) -> str:
    """Where the accuracy of a class lies, given how many different images it was measured on."""
    of_class = evidence.label == label
    images = len(np.unique(evidence.position[of_class]))
    fraction = float((evidence.said[of_class] == label).mean())
    low, high = wilson_interval(fraction * images, images)
    return f"{100 * low:.0f} to {percent(high, 0)}"


def accuracy_figure(dataset: ImageDataset, evidence: Evidence, measured: ClassDifficulty) -> Figure:
    """The accuracy of every class, in order."""
    order, accuracy = measured.order, measured.accuracy
    count = min(ENDS, len(order) // 2)
    rows = -(-len(order) // _COLUMNS)

    def draw(canvas: Canvas) -> None:
        panels = np.atleast_1d(canvas.subplots(1, _COLUMNS, sharex=True))
        for number, axes in enumerate(panels):
            labels = order[number * rows : (number + 1) * rows]
            first = number * rows
            places = range(first, first + len(labels))
            colours = [
                _EASY if place < count else _HARD if place >= len(order) - count else FAINT
                for place in places
            ]
            bars = axes.barh(places, 100 * accuracy[list(labels)], color=colours, height=0.7)
            axes.bar_label(bars, fmt="%.0f", padding=2, fontsize=8, color=MUTED)
            axes.set_yticks(places, [readable(dataset.fine_names[label]) for label in labels])
            axes.tick_params(axis="y", labelsize=8.5, length=0, labelcolor=INK)
            axes.tick_params(axis="x", labelsize=8)
            axes.set_ylim(first + rows - 0.4, first - 0.6)
            axes.grid(visible=False, axis="y")
            axes.set_axisbelow(True)
            axes.spines["left"].set_color(MUTED)
        panels[0].set_xlim(0, 1.15 * max(1.0, float(100 * accuracy[list(order)].max())))
        canvas.supxlabel("accuracy, %", fontsize=9)

    return Figure(
        name="class-accuracy",
        title="Accuracy of every class, the easiest first",
        caption=(
            f"Share of each class's test images that are recognised, in order, column by column; "
            f"the {count} easiest and the {count} hardest are coloured. Measured by "
            f"{evidence.source}. {called(dataset)}."
        ),
        alternative=(
            f"Bars for {len(order)} classes, sorted from {percent(float(accuracy[order[0]]))} "
            f"({readable(dataset.fine_names[order[0]])}) to "
            f"{percent(float(accuracy[order[-1]]))} "
            f"({readable(dataset.fine_names[order[-1]])}). Easiest: "
            f"{_names(dataset, order[:count])}. Hardest: {_names(dataset, order[::-1][:count])}."
        ),
        draw=draw,
        size=(9.0, 6.0),
    )


def confused_pairs_figure(
    dataset: ImageDataset, evidence: Evidence, measured: ClassDifficulty
) -> Figure:
    """How often the most confused pairs were misclassified as each other, each way."""
    pairs = measured.pairs()
    names = [tuple(readable(dataset.fine_names[label]) for label in pair) for pair in pairs]
    forth = [int(measured.confusions[a, b]) for a, b in pairs]
    back = [int(measured.confusions[b, a]) for a, b in pairs]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        places = range(len(pairs))
        axes.barh(places, forth, color=SERIES[0], height=0.7, label="first misclassified as second")
        bars = axes.barh(
            places,
            back,
            left=forth,
            color=SERIES[4],
            height=0.7,
            label="second misclassified as first",
        )
        totals = [f"{x + y}" for x, y in zip(forth, back, strict=True)]
        axes.bar_label(bars, totals, padding=3, color=MUTED)
        axes.set_axisbelow(True)
        axes.set_yticks(places, [f"{a} and {b}" for a, b in names])
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("test answers")
        axes.legend(loc="lower right")

    listed = "; ".join(
        f"{a} and {b} {x + y} ({x} + {y})" for (a, b), x, y in zip(names, forth, back, strict=True)
    )
    return Figure(
        name="confused-pairs",
        title="Classes most often misclassified as each other",
        caption=(
            f"The {len(pairs)} pairs of classes with the most mistakes between them, both ways "
            f"together, counted in {evidence.source}. {called(dataset)}."
        ),
        alternative=f"Bars for {len(pairs)} pairs of classes, most confused first: {listed}.",
        draw=draw,
        size=(9.0, 3.8),
    )


def mistaken(evidence: Evidence, label: int, said: int, count: int) -> NDArray[np.int64]:
    """Test images of one class that were misclassified as another, the most confident first.

    Returns:
        int64 (at most count,), positions in the test split, each once.
    """
    chosen_ones = np.flatnonzero((evidence.label == label) & (evidence.said == said))
    falling = chosen_ones[np.argsort(-evidence.confidence[chosen_ones], kind="stable")]
    positions = evidence.position[falling]
    first = np.sort(np.unique(positions, return_index=True)[1])
    return positions[first][:count]


def confused_sheet(dataset: ImageDataset, evidence: Evidence, measured: ClassDifficulty) -> Sheet:
    """Beside each other, images of each class of a pair that were misclassified as the other."""
    rows = []
    for a, b in measured.pairs():
        halves = []
        for label, said in ((a, b), (b, a)):
            one, other = (readable(dataset.fine_names[n]) for n in (label, said))
            positions = mistaken(evidence, label, said, EACH)
            halves.append((f"{one},\npredicted as\n{other}", positions))
        rows.append(tuple(halves))
    return _two_columns(dataset, rows)


def confused_figure(dataset: ImageDataset, evidence: Evidence, measured: ClassDifficulty) -> Figure:
    """What the confused images look like."""
    sheet = confused_sheet(dataset, evidence, measured)
    pairs = [_names(dataset, pair) for pair in measured.pairs()]
    return Figure(
        name="confused-images",
        title="Images that were misclassified as the other class",
        caption=(
            f"For each pair of the figure before, up to {EACH} test images of either class "
            "that were misclassified as the other, those with the most confidence first, by "
            f"{evidence.source}. {called(dataset)}."
        ),
        alternative=(
            "Rows of small images, one row a pair of classes, each class's mistaken images "
            f"beside the other's: {'; '.join(pairs)}."
        ),
        draw=sheet.draw,
        size=sheet.size,
    )


def ends_sheet(dataset: ImageDataset, measured: ClassDifficulty, seed: int = 0) -> Sheet:
    """Test images of the easiest classes, left, and of the hardest, right."""
    order = measured.order
    count = min(SHOWN_ENDS, len(order) // 2)

    def half(label: int) -> tuple[str, NDArray[np.int64]]:
        name = readable(dataset.fine_names[label])
        fraction = percent(float(measured.accuracy[label]), 0)
        return f"{name}\n{fraction}", chosen(dataset.test.fine, label, EACH, seed)

    rows = [(half(a), half(b)) for a, b in zip(order[:count], order[::-1], strict=False)]
    return _two_columns(dataset, rows, (("Easiest", _EASY), ("Hardest", _HARD)))


def _two_columns(
    dataset: ImageDataset,
    rows: Sequence[Sequence[tuple[str, NDArray[np.int64]]]],
    headings: Sequence[tuple[str, str]] = (),
) -> Sheet:
    """Rows of two halves, each a name and the test images at some positions.

    Args:
        dataset: where the images are from.
        rows: for each half its name, and positions in the test split.
        headings: text and colour above each column.
    """
    step = SMALL + 8
    first = LINE + 4 if headings else 0
    tiles: list[Tile] = []
    words = [
        Words(LINE / 2, side * _HALF + _LABELS, text, bold=True, colour=colour)
        for side, (text, colour) in enumerate(headings)
    ]
    for row, halves in enumerate(rows):
        top = first + row * step
        for side, (text, positions) in enumerate(halves):
            left = side * _HALF
            edge = left + _LABELS
            middle = top + SMALL / 2
            words.append(Words(middle, edge - 6, text, "right", colour=MUTED, size=8.5))
            images = [scaled(image, SMALL) for image in dataset.test.images[positions]]
            tiles += strip(images, top=top, left=edge)
    return Sheet(first + max(1, len(rows)) * step, tuple(tiles), tuple(words))


def ends_figure(
    dataset: ImageDataset, evidence: Evidence, measured: ClassDifficulty, seed: int = 0
) -> Figure:
    """What easy and hard classes look like."""
    sheet = ends_sheet(dataset, measured, seed)
    order = measured.order
    count = min(SHOWN_ENDS, len(order) // 2)
    return Figure(
        name="easy-and-hard",
        title="The easiest and the hardest classes",
        caption=(
            f"{EACH} test images of each, drawn at random (seed {seed}), with the fraction of "
            f"the class's images that is recognised, measured by {evidence.source}. "
            f"{called(dataset)}."
        ),
        alternative=(
            f"Left, images of the {count} easiest classes: {_names(dataset, order[:count])}. "
            f"Right, of the {count} hardest: {_names(dataset, order[::-1][:count])}."
        ),
        draw=sheet.draw,
        size=sheet.size,
    )


def _names(dataset: ImageDataset, labels: tuple[int, ...]) -> str:
    return enumerated([readable(dataset.fine_names[label]) for label in labels])
