"""Wrong predictions with their images: the close ones and the far ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure as Canvas

from bench.analysis.mistakes import Mistake, mistakes, one_of_each
from bench.pages.figures import INK, Figure
from bench.pages.images import image_address
from bench.pages.sections import Gallery, Tile
from bench.pages.words import readable
from bench.report.groups import Group
from datasets.image_dataset import ImageDataset

SHOWN = 12
_COLUMNS = 6
# Pixels between two images, and under one for its text.
_GAP, _TEXT = 6, 14
_KINDS = {
    True: ("close", "Close: the right superclass", "another class of the same superclass"),
    False: ("far", "Far: another superclass", "a class of another superclass"),
}
# Where no class belongs to a superclass, all are far.
_ALONE = ("all", "The surest first", "another class")


def of_group(group: Group) -> tuple[Mistake, ...]:
    """The mistakes of all seeds; of the first alone where the seeds saw different images."""
    return mistakes(group.tally.wrong, group.taxonomy)


def galleries(group: Group, data: ImageDataset) -> tuple[Gallery, ...]:
    """The close and the far ones, as images with words."""
    found = of_group(group)
    return tuple(
        _gallery(group, data, shown, close)
        for close in _KINDS
        if (shown := one_of_each(found, close, SHOWN))
    )


def figures(group: Group, data: ImageDataset) -> tuple[Figure, ...]:
    """The same images as drawings, for files."""
    found = of_group(group)
    return tuple(
        _mosaic(group, data, shown, close)
        for close in _KINDS
        if (shown := one_of_each(found, close, SHOWN))
    )


def _gallery(group: Group, data: ImageDataset, shown: Sequence[Mistake], close: bool) -> Gallery:
    _, title, what = _words(group, close)
    return Gallery(
        title=title,
        caption=_caption(group, data, what),
        tiles=tuple(_tile(group, data, mistake) for mistake in shown),
    )


def _tile(group: Group, data: ImageDataset, mistake: Mistake) -> Tile:
    right, wrong = (readable(group.taxonomy.fine_names[n]) for n in (mistake.label, mistake.named))
    lines = [right, f"misclassified as {wrong}", f"{100 * mistake.confidence:.0f} % sure"]
    if len(group.records) > 1 and group.tally.same_images:
        lines.append(f"{mistake.votes} of {len(group.records)} seeds")
    return Tile(
        image=image_address(data.test.images[mistake.index]),
        alternative=f"Test image {mistake.index}, of class {right}",
        lines=tuple(lines),
    )


def _mosaic(group: Group, data: ImageDataset, shown: Sequence[Mistake], close: bool) -> Figure:
    kind, title, what = _words(group, close)
    names = [readable(name) for name in group.taxonomy.fine_names]
    rows = -(-len(shown) // _COLUMNS)

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        axes.axis("off")
        height, width, _ = data.input_shape
        step = height + _TEXT, width + _GAP
        # One raster for all: each image a plot of its own would take a second.
        sheet = np.zeros((rows * step[0], _COLUMNS * step[1] - _GAP, 4), np.uint8)
        for number, mistake in enumerate(shown):
            top, left = step[0] * (number // _COLUMNS), step[1] * (number % _COLUMNS)
            sheet[top : top + height, left : left + width, :3] = data.test.images[mistake.index]
            sheet[top : top + height, left : left + width, 3] = 255
            text = axes.text(
                left + width / 2,
                top + height + 1,
                f"{names[mistake.label]}\n→ {names[mistake.named]}",
                ha="center",
                va="top",
                fontsize=7,
                color=INK,
            )
            text.set_in_layout(False)
        axes.imshow(sheet, interpolation="none")

    listed = "; ".join(f"{names[m.label]} misclassified as {names[m.named]}" for m in shown[:4])
    return Figure(
        name=f"{group.anchor}-mistakes-{kind}",
        title=f"Wrong predictions. {title}",
        caption=_caption(group, data, what),
        alternative=f"{len(shown)} test images that {group.title} gets wrong, among them {listed}.",
        draw=draw,
        size=(7.2, 1.55 * rows),
    )


def _words(group: Group, close: bool) -> tuple[str, str, str]:
    """Of a kind its file name, title and what the wrong class is."""
    return _KINDS[close] if group.taxonomy.has_superclasses else _ALONE


def _caption(group: Group, data: ImageDataset, what: str) -> str:
    seeds = (
        "those that most seeds agree on first, then the most confident"
        if len(group.records) > 1 and group.tally.same_images
        else "the most confident first"
    )
    return (
        f"Test images that were given {what}: {seeds}, one for each pair of classes. Images "
        f"of {data.name}. {group.provenance}"
    )
