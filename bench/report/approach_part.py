"""One approach's part of the page: what it scored, how it learned, and where it errs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bench.approaches.approach import Approach
from bench.approaches.claims import Basis
from bench.pages.sections import Link, Section
from bench.report import (
    calibration,
    confusion,
    curves,
    mistakes,
    named_mistakes,
    per_class,
    scores_table,
)
from bench.report.architecture import anchor as architecture_anchor
from bench.report.groups import Group
from datasets.image_dataset import ImageDataset

NO_IMAGES = (
    "The images of the recorded data set are not at hand in the recorded order, so the wrong "
    "predictions cannot be shown; `bench report --data-dir <folder>` reads them from there."
)

_BASES: Mapping[Basis, str] = {
    "report": "by the source's words",
    "keras-default": "by Keras' defaults of its time",
    "validation": "by validation accuracy, on seeds that are not judged",
    "fitted": "by looking at the documented number: fitted, not tested",
}


def section(
    group: Group,
    approach: Approach | None,
    data: ImageDataset | None,
    models: Collection[str] = (),
) -> Section:
    """The part of one row.

    Args:
        group: the row and its runs.
        approach: its entry in the registry, or `None` where it has none any more.
        data: the images that it was scored on, or `None` where they cannot be had.
        models: those whose architecture is on the page.
    """
    text = [_summary(group)]
    if approach:
        text += [
            f"Left open by the source, decided here ({_BASES[decision.basis]}): {decision.text}"
            for decision in approach.decisions
        ]
    links: tuple[Link, ...] = ()
    if approach and approach.model in models:
        links = (
            Link(f"Architecture of {approach.model}", f"#{architecture_anchor(approach.model)}"),
        )
    return Section(
        anchor=group.anchor,
        title=group.title,
        text=tuple(text),
        links=links,
        tables=(scores_table.table(group),),
        sections=(
            _training(group),
            _confusion(group),
            _mistakes(group, data),
            _classes(group),
        ),
    )


def _summary(group: Group) -> str:
    row, seeds = group.row, len(group.records)
    accuracy = f"{100 * row.accuracy.mean:.2f} %"
    if row.accuracy.interval:
        half = (row.accuracy.interval.high - row.accuracy.interval.low) / 2
        accuracy = f"{100 * row.accuracy.mean:.2f} ± {100 * half:.2f} %"
    text = f"Test accuracy {accuracy} over {seeds} {'seed' if seeds == 1 else 'seeds'}"
    if row.verdict and row.documented_accuracy is not None:
        text += f"; documented {100 * row.documented_accuracy:g} %: {row.verdict.value}"
    return f"{text}."


def _training(group: Group) -> Section:
    figures = curves.figures(group)
    gap = curves.final_gap(group)
    text = [] if figures else ["A forest is fitted at once: there are no epochs to draw."]
    if gap is not None:
        text.append(
            f"The trained model is {abs(gap):.1f} points {'more' if gap >= 0 else 'less'} accurate "
            "on the images it was trained on than on those held out for validation."
        )
    return Section(
        anchor=f"{group.anchor}-training",
        title="Training and calibration",
        text=tuple(text),
        figures=(*figures, calibration.figure(group)),
    )


def _confusion(group: Group) -> Section:
    finding = named_mistakes.finding(group)
    return Section(
        anchor=f"{group.anchor}-confused",
        title="Confusion",
        text=(finding,) if finding else (),
        tables=confusion.tables(group),
        figures=confusion.figures(group),
    )


def _mistakes(group: Group, data: ImageDataset | None) -> Section:
    anchor, title = f"{group.anchor}-mistakes", "Wrong predictions"
    if data is None:
        return Section(anchor, title, (NO_IMAGES,))
    galleries = mistakes.galleries(group, data)
    return Section(
        anchor=anchor,
        title=title,
        text=() if galleries else ("There is no wrong prediction.",),
        galleries=galleries,
        files=mistakes.figures(group, data),
    )


def _classes(group: Group) -> Section:
    return Section(
        anchor=f"{group.anchor}-per-class",
        title="Classes",
        tables=(per_class.table(group),),
        figures=(per_class.figure(group),),
    )
