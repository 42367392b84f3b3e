"""How well each class is recognised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure as Canvas

from bench.analysis.statistics import mean
from bench.pages.figures import INK, SERIES, Figure
from bench.pages.sections import Cell, Table
from bench.pages.words import NONE, readable
from bench.report.groups import Group


def accuracies(group: Group) -> tuple[float | None, ...]:
    """Accuracy of each class, the mean over seeds; `None` for a class without an image."""
    return tuple(_mean(values) for values in zip(*_recorded(group), strict=True))


def figure(group: Group) -> Figure:
    """Every class as a dot in the line of its superclass, where it has one; the best first."""
    taxonomy, found = group.taxonomy, accuracies(group)
    known = {label: 100 * value for label, value in enumerate(found) if value is not None}
    families = _families(group, known)
    best, worst = max(known, key=lambda k: known[k]), min(known, key=lambda k: known[k])
    overall = mean(list(known.values()))

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        axes.axvline(overall, color=INK, linewidth=1, linestyle=":", label="mean of all classes")
        for row, (_, values) in enumerate(families):
            axes.plot(values, [row] * len(values), "o", color=SERIES[0], alpha=0.75, markersize=5)
            if joined:
                axes.plot(
                    [mean(values)],
                    [row],
                    "|",
                    color=SERIES[1],
                    markersize=13,
                    markeredgewidth=2,
                )
        axes.set_yticks(range(len(families)), [name for name, _ in families], fontsize=8)
        axes.invert_yaxis()
        axes.set_xlabel("accuracy of a class, %")
        axes.set_xlim(-2, 102)

    joined, many = taxonomy.has_superclasses, len(families) > 40
    return Figure(
        name=f"{group.anchor}-classes",
        title="Accuracy of each class",
        caption=(
            "One dot a class in the line of its superclass, mean over seeds; the bar is the "
            "superclass's mean, "
            if joined
            else "One dot a class, mean over seeds; "
        )
        + "the dotted line is the mean of all classes. All values are in the table above. "
        + group.provenance,
        alternative=f"Dot chart of {group.title}: best is "
        f"{readable(taxonomy.fine_names[best])} with {known[best]:.0f} %, worst "
        f"{readable(taxonomy.fine_names[worst])} with {known[worst]:.0f} %"
        + (
            f"; the best superclass is {families[0][0]}, the worst {families[-1][0]}."
            if joined
            else "."
        ),
        draw=draw,
        size=(4.8, 14.0 if many else 5.4),
    )


def table(group: Group) -> Table:
    """All classes with the class that each is most often misclassified as."""
    taxonomy, joined = group.taxonomy, group.taxonomy.has_superclasses
    matrix = group.tally.matrix
    images = matrix.sum(axis=1)
    away = matrix - np.diag(np.diagonal(matrix))
    rows = []
    for label, accuracy in enumerate(accuracies(group)):
        name, other = readable(taxonomy.fine_names[label]), int(away[label].argmax())
        coarse = readable(taxonomy.coarse_names[taxonomy.fine_to_coarse[label]])
        seeds = [part[label] for part in _recorded(group)]
        present = [100 * value for value in seeds if value is not None]
        spread = f"{min(present):.0f} to {max(present):.0f} %" if len(present) > 1 else NONE
        fraction = float(away[label, other] / max(1, images[label]))
        rows.append(
            (
                *((name, coarse) if joined else (name,)),
                Cell(NONE if accuracy is None else f"{100 * accuracy:.1f} %", accuracy),
                Cell(spread, min(present, default=None)),
                readable(taxonomy.fine_names[other]) if fraction else NONE,
                Cell(f"{100 * fraction:.1f} %" if fraction else NONE, fraction),
            )
        )
    return Table(
        caption=f"Every class: accuracy (mean, and lowest to highest seed), and the class most "
        f"often predicted instead. {group.provenance}",
        columns=(
            *(("class", "superclass") if joined else ("class",)),
            *("accuracy", "over seeds"),
            *("most often misclassified as", "fraction"),
        ),
        rows=tuple(rows),
        numeric=("accuracy", "over seeds", "fraction"),
        sortable=True,
        filter_label="Show classes or superclasses with" if joined else "Show classes with",
        summary=f"All {len(rows)} classes as a table",
    )


def _recorded(group: Group) -> Sequence[Sequence[float | None]]:
    return [record.per_class_accuracy for record in group.records]


def _families(group: Group, known: dict[int, float]) -> list[tuple[str, list[float]]]:
    """Superclass and its classes' accuracies in per cent, the best mean first."""
    taxonomy = group.taxonomy
    found: dict[int, list[float]] = {}
    for label, value in known.items():
        found.setdefault(taxonomy.fine_to_coarse[label], []).append(value)
    ordered = sorted(found, key=lambda coarse: (-mean(found[coarse]), coarse))
    return [(readable(taxonomy.coarse_names[coarse]), found[coarse]) for coarse in ordered]


def _mean(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return mean(present) if present else None
