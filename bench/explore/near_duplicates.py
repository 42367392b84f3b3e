"""Nearest pairs across train and test: the same image on both sides lets a model remember.

Barz and Denzler 2020, 'Do We Train on Test Data? Purging CIFAR of Near-Duplicates' (Journal of
Imaging 6(6), 41; https://cvjena.github.io/cifair/), looked at the nearest neighbours by a network's
features and judged them by eye.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import StrMethodFormatter
from numpy.typing import NDArray

from bench.explore.sheet import LINE, WIDTH, Sheet, Tile, Words, scaled, strip
from bench.explore.wording import called
from bench.pages.figures import MUTED, SERIES, Figure
from bench.pages.sections import Table
from bench.pages.words import counted, percent, readable
from bench.planning.datasets import installed_datasets
from datasets import ImageDataset

_QUERIES = 1_000
_CANDIDATES = 10_000
_STEP = 0.05
_ACROSS = 4
_SIDE = 64
_COUNTS = ("test images", "fraction", "same label", "mirrored")


@dataclass(frozen=True)
class Embedding:
    """Images as points: near each other where the images look alike.

    Attributes:
        description: for captions.
        threshold: cosine from which a pair is called near.
        fit: from training images to a function that embeds images, uint8 (n, h, w, 3) to
            float32 (n, d), rows of unit length.
    """

    description: str
    threshold: float
    fit: Callable[[NDArray[np.uint8]], Callable[[NDArray[np.uint8]], NDArray[np.float32]]]


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest training image of every test image.

    Attributes:
        train: int64 (n,), its position.
        cosine: float32 (n,), how near: 1 is the same direction.
        mirrored: bool (n,), whether the test image had to be mirrored for it.
        identical: bool (n,), whether a training image has the very same pixels; `train` is then
            the first of those, and `cosine` 1.
    """

    train: NDArray[np.int64]
    cosine: NDArray[np.float32]
    mirrored: NDArray[np.bool_]
    identical: NDArray[np.bool_]


def find_nearest(dataset: ImageDataset, embedding: Embedding) -> Nearest:
    """Search all pairs of a test and a training image, test images also mirrored."""
    train, test = dataset.train.images, dataset.test.images
    embed = embedding.fit(train)
    known = embed(train)
    place, cosine = nearest_rows(embed(test), known)
    other, other_cosine = nearest_rows(embed(test[:, :, ::-1]), known)
    mirrored = other_cosine > cosine
    place = np.where(mirrored, other, place)
    cosine = np.where(mirrored, other_cosine, cosine)
    same = identical_pairs(test, train)
    for one, two in same:
        place[one], cosine[one], mirrored[one] = two, 1.0, False
    identical = np.zeros(len(test), bool)
    identical[[one for one, _ in same]] = True
    return Nearest(place, cosine, mirrored, identical)


def nearest_rows(
    queries: NDArray[np.float32],
    rows: NDArray[np.float32],
    chunks: tuple[int, int] = (_QUERIES, _CANDIDATES),
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each query the row with the largest inner product, the first where several are.

    Only one block of products, 40 MB by default, is in memory at a time.

    Args:
        queries: float32 (n, d).
        rows: float32 (m, d).
        chunks: queries and rows of one block.

    Returns:
        Positions, int64 (n,), and products, float32 (n,).
    """
    place = np.zeros(len(queries), np.int64)
    best = np.full(len(queries), -np.inf, np.float32)
    for start in range(0, len(queries), chunks[0]):
        here = slice(start, start + chunks[0])
        for first in range(0, len(rows), chunks[1]):
            products = queries[here] @ rows[first : first + chunks[1]].T
            candidate = products.argmax(axis=1)
            value = np.take_along_axis(products, candidate[:, None], axis=1)[:, 0]
            better = value > best[here]
            place[here] = np.where(better, candidate + first, place[here])
            best[here] = np.where(better, value, best[here])
    return place, best


def identical_pairs(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> tuple[tuple[int, int], ...]:
    """Positions of images with the very same pixels: each of `one` with the first of `two`."""
    seen: dict[bytes, int] = {}
    for position, digest in _digests(two):
        seen.setdefault(digest, position)
    return tuple((position, seen[digest]) for position, digest in _digests(one) if digest in seen)


def repeats(images: NDArray[np.uint8]) -> int:
    """How many images are byte for byte an earlier one of the same part."""
    return len(images) - len({digest for _, digest in _digests(images)})


def _digests(images: NDArray[np.uint8]) -> Iterator[tuple[int, bytes]]:
    for position, image in enumerate(images):
        yield position, hashlib.sha256(np.ascontiguousarray(image).data).digest()


def near_duplicate_table(dataset: ImageDataset, nearest: Nearest, embedding: Embedding) -> Table:
    """How many test images have a copy, or nearly one, among the training images."""
    agree = labels_agree(dataset, nearest)
    near = nearest.cosine >= embedding.threshold
    rows = [
        ("same pixels", nearest.identical),
        (f"cosine {embedding.threshold:g} or more, pixels not the same", near & ~nearest.identical),
        ("both together", near),
    ]
    return Table(
        f"Test images by their nearest training image. Cosines of {embedding.description}; "
        f"each test image was searched as it is and mirrored. {called(dataset)}.",
        ("nearest training image", *_COUNTS),
        tuple(
            (
                what,
                f"{chosen.sum():,}",
                percent(float(chosen.mean()), 2),
                f"{(chosen & agree).sum():,}",
                f"{(chosen & nearest.mirrored).sum():,}",
            )
            for what, chosen in rows
        ),
        numeric=_COUNTS,
    )


def labels_agree(dataset: ImageDataset, nearest: Nearest) -> NDArray[np.bool_]:
    """Whether each test image and its nearest training image have one label, bool (n,)."""
    agree: NDArray[np.bool_] = dataset.test.fine == dataset.train.fine[nearest.train]
    return agree


def near_duplicate_sentences(
    dataset: ImageDataset, nearest: Nearest, embedding: Embedding
) -> tuple[str, ...]:
    """What was found, in words."""
    near = nearest.cosine >= embedding.threshold
    agree = labels_agree(dataset, nearest)
    found = (
        f"{counted(int(nearest.identical.sum()), 'test image')} of {len(near):,} "
        f"({percent(float(nearest.identical.mean()), 2)}) lie byte for byte in the training set, "
        f"{(nearest.identical & ~agree).sum()} of them under another label. "
        f"{counted(int(near.sum()), 'test image')} ({percent(float(near.mean()), 2)}) have a "
        f"training image at a cosine of {embedding.threshold:g} or more, "
        f"{(near & agree).sum():,} with the same label. Within the training set "
        f"{counted(repeats(dataset.train.images), 'image')} repeat an earlier one byte for byte, "
        f"within the test set {repeats(dataset.test.images):,}."
    )
    meaning = (
        "A cosine is no judgement: pairs below the threshold may be copies too, moved, cut or "
        "coloured otherwise, and pairs above it may only look alike. The figures show both."
    )
    known = installed_datasets()
    published = known.get(dataset.name).duplicates if dataset.name in known else ""
    return (found, meaning, *([published] if published else []))


def cosines_figure(dataset: ImageDataset, nearest: Nearest, embedding: Embedding) -> Figure:
    """How near the nearest training images are, and whether they share the label."""
    agree = labels_agree(dataset, nearest)
    near = nearest.cosine >= embedding.threshold
    lowest = int(np.floor(min(float(nearest.cosine.min()), embedding.threshold) / _STEP))
    edges = np.arange(lowest, round(1 / _STEP) + 1) * _STEP
    # Rounding can carry a cosine past 1.
    counts = [np.histogram(np.minimum(nearest.cosine[c], 1), edges)[0] for c in (agree, ~agree)]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for count, colour, label in zip(
            counts, (SERIES[0], SERIES[1]), ("same label", "different labels"), strict=True
        ):
            axes.stairs(count, edges, color=colour, linewidth=1.6, label=label)
        axes.axvline(embedding.threshold, color=MUTED, linewidth=1, linestyle="--")
        axes.annotate(
            f"called near from {embedding.threshold:g}",
            (embedding.threshold, 0.96),
            xycoords=("data", "axes fraction"),
            xytext=(4, 0),
            textcoords="offset points",
            va="top",
            color=MUTED,
        )
        axes.set_yscale("symlog", linthresh=1)
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.set_ylim(0, 2 * max(int(count.max()) for count in counts))
        axes.set_axisbelow(True)
        axes.set_xlabel("cosine to the nearest training image")
        axes.set_ylabel("test images")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)

    summary = (
        f"At {embedding.threshold:g} or more {(near & agree).sum():,} pairs share their label and "
        f"{(near & ~agree).sum():,} do not; below, {(~near & agree).sum():,} and "
        f"{(~near & ~agree).sum():,}"
    )
    return Figure(
        name="nearest-cosines",
        title="How near the nearest training image is",
        caption=(
            "Test images by the cosine to their nearest training image, in steps of "
            f"{_STEP:g} and on a logarithmic scale, by whether the two share their label. "
            f"{summary}. Cosines of {embedding.description}. {called(dataset)}."
        ),
        alternative=(
            f"Two stepped curves over the cosine, for same and for different labels. {summary}."
        ),
        draw=draw,
        size=(9.0, 3.8),
    )


@dataclass(frozen=True)
class PairGroup:
    """Pairs that are shown together.

    Attributes:
        title: what they have in common.
        tests: positions of their test images.
    """

    title: str
    tests: tuple[int, ...]


def pair_groups(
    dataset: ImageDataset, nearest: Nearest, embedding: Embedding
) -> tuple[PairGroup, ...]:
    """The pairs worth looking at; a group without a pair is left out."""
    agree = labels_agree(dataset, nearest)
    near = (nearest.cosine >= embedding.threshold) & ~nearest.identical
    falling = np.argsort(-nearest.cosine, kind="stable")
    picked = {
        "Same pixels, same label": falling[(nearest.identical & agree)[falling]][:_ACROSS],
        "Same pixels, different labels": falling[(nearest.identical & ~agree)[falling]][:_ACROSS],
        "Nearest, pixels not the same": falling[~nearest.identical[falling]][: 2 * _ACROSS],
        "Nearest with different labels": falling[(~nearest.identical & ~agree)[falling]][:_ACROSS],
        f"Just above a cosine of {embedding.threshold:g}": falling[near[falling]][-_ACROSS:],
    }
    return tuple(
        PairGroup(title, tuple(tests.tolist())) for title, tests in picked.items() if len(tests)
    )


def pairs_sheet(dataset: ImageDataset, nearest: Nearest, groups: tuple[PairGroup, ...]) -> Sheet:
    """Each test image beside its nearest training image, each of up to `_SIDE` a side."""
    tiles: list[Tile] = []
    words: list[Words] = []
    side = scaled(dataset.test.images[0], _SIDE).shape[1]
    top = 0
    for group in groups:
        words.append(Words(top + LINE / 2, 0, group.title, bold=True))
        top += LINE + 2
        for start in range(0, len(group.tests), _ACROSS):
            for place, test in enumerate(group.tests[start : start + _ACROSS]):
                left = place * (WIDTH // _ACROSS)
                train = int(nearest.train[test])
                pair = (dataset.test.images[test], dataset.train.images[train])
                tiles += strip([scaled(p, _SIDE) for p in pair], top=top, left=left)
                labels = (dataset.test.fine[test], dataset.train.fine[train])
                colour = MUTED if labels[0] == labels[1] else SERIES[1]
                for number, label in enumerate(labels):
                    name = readable(dataset.fine_names[label])
                    middle = left + side / 2 + number * (side + 2)
                    size = 8.0 if len(name) < 13 else 6.5
                    words.append(
                        Words(top + side + 6, middle, name, "center", colour=colour, size=size)
                    )
                words.append(
                    Words(
                        top + side + 16,
                        left,
                        f"test {test}, train {train}, {nearest.cosine[test]:.3f}"
                        + (", mirrored" if nearest.mirrored[test] else ""),
                        colour=MUTED,
                        size=7.0,
                    )
                )
            top += side + 2 * LINE
        top += 4
    return Sheet(top, tuple(tiles), tuple(words))


def pairs_figure(dataset: ImageDataset, nearest: Nearest, embedding: Embedding) -> Figure:
    """The nearest pairs, to judge with one's own eyes."""
    groups = pair_groups(dataset, nearest, embedding)
    sheet = pairs_sheet(dataset, nearest, groups)
    return Figure(
        name="nearest-pairs",
        title="Nearest pairs across train and test",
        caption=(
            "Left of each pair a test image, right its nearest training image; below, their "
            "labels (coloured where they differ), positions and cosine. Cosines of "
            f"{embedding.description}. {called(dataset)}."
        ),
        alternative="Pairs of images that look the same or nearly so. "
        + " ".join(
            f"{group.title}: {'; '.join(_named(dataset, nearest, t) for t in group.tests)}."
            for group in groups
        ),
        draw=sheet.draw,
        size=sheet.size,
    )


def _named(dataset: ImageDataset, nearest: Nearest, test: int) -> str:
    one = dataset.test.fine[test]
    two = dataset.train.fine[nearest.train[test]]
    names = [readable(dataset.fine_names[label]) for label in dict.fromkeys((one, two))]
    return " and ".join(names)
