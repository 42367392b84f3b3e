"""`bench explore`: look at the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import OWN, Results


def explore(
    dataset: Annotated[
        str | None,
        typer.Option(
            help="cifar100, shapes100 (drawn here) or auto: CIFAR-100 where it can be had, else "
            "shapes100. Default: auto."
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder or archive of CIFAR-100, Python or binary layout."),
    ] = None,
    results: Results = OWN,
    embedding: Annotated[
        str,
        typer.Option(
            help="By what images are compared across train and test: pixels, or vgg19 (the "
            "frozen backbone's features: minutes where they are not cached)."
        ),
    ] = "pixels",
    weights: Annotated[
        str | None,
        typer.Option(help="VGG-19's ImageNet weights for --embedding vgg19: a file or auto."),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the choice of images and of the augmentation's draws.")
    ] = 0,
) -> None:
    """Count, measure and draw the data: write explore/README.md and its figures into the results.

    Easy and hard classes come from the best recorded runs on these images.
    """
    from bench.explore.embeddings import choose_embedding
    from bench.explore.exploration import explore as explore_dataset
    from bench.explore.page import FOLDER, write_page
    from bench.pages.sections import figures_of
    from bench.planning.prerequisites import dataset_name
    from bench.records.opening import check_writable, open_store
    from datasets import load_dataset

    chosen = choose_embedding(embedding, weights)
    check_writable(results / FOLDER)
    images = load_dataset(dataset_name(dataset, data_dir), data_dir=data_dir)
    sections = explore_dataset(images, store=open_store(results), seed=seed, embedding=chosen)
    page = write_page(results / FOLDER, sections)
    figures = sum(1 for _ in figures_of(sections))
    print(f"wrote {page}: {len(sections)} sections, {figures} figures of {images.name}")
