"""Approaches side by side: how they learn, which classes they know, which images they share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from bench.pages.figures import INK, SERIES, Cells, Figure
from bench.pages.images import image_address
from bench.pages.sections import Gallery, Section, Tile
from bench.pages.words import counted, readable
from bench.report.curves import band
from bench.report.groups import Group, Standing
from bench.report.per_class import accuracies
from datasets.image_dataset import ImageDataset

SHOWN = 12


def sections(standing: Standing, data: ImageDataset | None) -> list[Section]:
    """The comparison; nothing for a single row."""
    if len(standing.groups) < 2:
        return []
    learning = curves(standing)
    return [
        Section(
            anchor=f"{standing.anchor}-compare",
            title="Side by side",
            figures=(*([learning] if learning else []), class_map(standing)),
            galleries=galleries(standing, data) if data else (),
        )
    ]


def curves(standing: Standing) -> Figure | None:
    """Validation accuracy by epoch, one line an approach; `None` where none has epochs."""
    found = []
    for group in standing.groups:
        curve = band(
            group,
            lambda epoch: (
                None if epoch.validation_accuracy is None else 100 * epoch.validation_accuracy
            ),
        )
        if curve is not None:
            found.append((group, curve))
    if not found:
        return None
    names = tuple(f"{group.anchor}-line" for group, _ in found)

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        for number, (name, (group, curve)) in enumerate(zip(names, found, strict=True)):
            axes.plot(
                curve.epoch,
                curve.mean,
                color=SERIES[number % len(SERIES)],
                linestyle=("-", "--", ":")[number // len(SERIES) % 3],
                marker="o" if len(curve.epoch) == 1 else "",
                label=group.title,
                gid=name,
            )
        axes.set_xlabel("epoch")
        axes.set_ylabel("validation accuracy, %")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        canvas.legend(loc="outside lower center", ncols=3, fontsize=8)

    best, curve = max(found, key=lambda one: float(one[1].mean.max()))
    return Figure(
        name=f"{standing.anchor}-learning",
        title="How they learn",
        caption="Validation accuracy after each epoch, mean over the seeds that reached it. "
        f"A forest has no epochs. {standing.provenance}",
        alternative=f"Line chart of {len(found)} approaches by epoch. The highest mean is "
        f"{curve.mean.max():.1f} %, of {best.title} in epoch {int(curve.mean.argmax()) + 1}.",
        draw=draw,
        size=(7.2, 4.4),
        series=tuple((name, group.title) for name, (group, _) in zip(names, found, strict=True)),
    )


def class_map(standing: Standing) -> Figure:
    """Accuracy of each class (row) by each approach (column), the easiest class first."""
    groups = standing.groups
    values = np.array(
        [[np.nan if value is None else 100 * value for value in accuracies(g)] for g in groups]
    ).T
    order = np.argsort(-np.nan_to_num(values).mean(axis=1), kind="stable")
    names = [readable(groups[0].taxonomy.fine_names[label]) for label in order]
    titles, shown = [group.title for group in groups], values[order]

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        image = axes.imshow(
            shown, cmap="viridis", vmin=0, vmax=100, aspect="auto", interpolation="none"
        )
        axes.grid(False)
        axes.set_xticks(range(len(titles)), titles, rotation=35, ha="left", rotation_mode="anchor")
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(names)), names)
        axes.tick_params(length=0, labelsize=8)
        bar = canvas.colorbar(image, ax=axes, shrink=0.2, pad=0.02, anchor=(0.0, 1.0))
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=8, length=0)
        bar.set_label("accuracy, %", color=INK, fontsize=8)

    return Figure(
        name=f"{standing.anchor}-class-map",
        title="Which classes they know",
        caption="Test accuracy of each class (row) by each approach (column), mean over seeds; "
        f"the classes that are easiest on average stand first. {standing.provenance}",
        alternative=f"Matrix of {len(names)} classes by {len(titles)} approaches. On average "
        f"{names[0]} is the easiest class and {names[-1]} the hardest.",
        draw=draw,
        size=(7.2, 2.2 + 0.14 * len(names)),
        cells=Cells(
            "class",
            "approach",
            tuple(names),
            tuple(titles),
            tuple(tuple(map(float, row)) for row in shown.round(1)),
            " %",
        ),
    )


def right_fractions(groups: Sequence[Group]) -> NDArray[np.float64] | None:
    """Fraction of seeds that are right, float64 (groups, images); `None` for unlike images."""
    hits = [one for group in groups for one in group.tally.hits]
    if not all(np.array_equal(one.index, hits[0].index) for one in hits):
        return None
    return np.stack([np.mean([one.credit for one in group.tally.hits], axis=0) for group in groups])


def galleries(standing: Standing, data: ImageDataset) -> tuple[Gallery, ...]:
    """Images that no run of any approach gets right, and those that one approach alone does."""
    groups = standing.groups
    right = right_fractions(groups)
    if right is None:
        return ()
    index = groups[0].tally.hits[0].index
    never = np.flatnonzero((right == 0).all(axis=0))
    # Right by every run of one approach and by no run of another.
    alone = np.flatnonzero((right == 1).any(axis=0) & ((right > 0).sum(axis=0) == 1))
    return tuple(
        gallery
        for gallery in (
            _gallery(
                "All get these wrong",
                f"No run of any approach is right on {counted(len(never), 'test image')}",
                [
                    _tile(data, int(index[n]), _answers(groups, int(n)))
                    for n in spread(never, SHOWN)
                ],
                standing,
            ),
            _gallery(
                "Only one gets these right",
                "Every run of one approach and no run of another is right on "
                f"{counted(len(alone), 'test image')}",
                [
                    _tile(data, int(index[n]), f"only {groups[int(right[:, n].argmax())].title}")
                    for n in spread(alone, SHOWN)
                ],
                standing,
            ),
        )
        if gallery.tiles
    )


def spread(found: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many of them, evenly over all, so that the data set's order does not choose."""
    return found[np.linspace(0, len(found) - 1, min(most, len(found))).round().astype(int)]


def _answers(groups: Sequence[Group], image: int) -> str:
    """The class that most approaches name instead, by their wrong answers."""
    named = [int(group.tally.wrong.named[image]) for group in groups if group.tally.same_images]
    if not named:
        return "misclassified by all"
    most = max(sorted(set(named)), key=named.count)
    name = readable(groups[0].taxonomy.fine_names[most])
    return f"{name} say {named.count(most)} of {len(groups)}"


def _tile(data: ImageDataset, position: int, line: str) -> Tile:
    name = readable(data.fine_names[int(data.test.fine[position])])
    return Tile(
        image=image_address(data.test.images[position]),
        alternative=f"Test image {position}, of class {name}",
        lines=(name, line),
    )


def _gallery(title: str, what: str, tiles: Sequence[Tile], standing: Standing) -> Gallery:
    return Gallery(
        title=title,
        caption=f"{what}; {len(tiles)} of them, evenly over the test split. {standing.provenance}",
        tiles=tuple(tiles),
    )
