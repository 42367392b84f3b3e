"""`bench explore`: look at the data."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.options import OWN, DataDir, Dataset, Results
from bench.pages.say import say


def explore(
    dataset: Dataset = None,
    data_dir: DataDir = None,
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
    from bench.planning.datasets import load_asked, named_with_options
    from bench.planning.prerequisites import dataset_name
    from bench.records.opening import check_writable, open_store

    chosen = choose_embedding(embedding, weights)
    check_writable(results / FOLDER)
    name, options = named_with_options(dataset_name(dataset, data_dir))
    images = load_asked(name, data_dir, options)
    sections = explore_dataset(images, store=open_store(results), seed=seed, embedding=chosen)
    page = write_page(results / FOLDER, sections)
    figures = sum(1 for _ in figures_of(sections))
    say(f"wrote {page}: {len(sections)} sections, {figures} figures of {images.name}")
