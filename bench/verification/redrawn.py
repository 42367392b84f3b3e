"""The report and the exploration, drawn again as their commands draw them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.approaches.registry import installed_approaches
from bench.explore import page as exploration
from bench.explore.embeddings import choose_embedding
from bench.explore.exploration import explore
from bench.records.store import RunStore
from bench.report import build as report
from bench.report.architecture import build_architectures
from bench.report.parts import more_parts
from bench.verification.pages import check_drawn
from bench.verification.problem import Problem
from datasets.image_dataset import ImageDataset


def check_report(store: RunStore, images: Sequence[ImageDataset]) -> Iterator[Problem]:
    """The report with all its figures; builds every model for its table.

    Args:
        store: whose records it shows.
        images: of the recorded data sets; the same as when it was written, or its wrong
            predictions cannot be drawn again.
    """

    def draw(scratch: Path) -> None:
        known = installed_approaches().entries
        page = report.build(store, images, build_architectures(known), more_parts(store), known)
        report.write(page, scratch)

    return check_drawn(store.root, report.FOLDER, draw)


def check_exploration(store: RunStore, images: ImageDataset) -> Iterator[Problem]:
    """The exploration of a data set, as `bench explore` writes it without further options."""

    def draw(scratch: Path) -> None:
        embedding = choose_embedding("pixels", None)
        sections = explore(images, store=store, seed=0, embedding=embedding)
        exploration.write_page(scratch / exploration.FOLDER, sections)

    return check_drawn(store.root, exploration.FOLDER, draw)
