"""`bench score`: predictions that were made elsewhere, on the leaderboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import OWN, DataDir, Dataset, Results
from bench.commands.plugins import tell_broken


def score(
    predictions: Annotated[
        Path,
        typer.Argument(
            help=".npz with probabilities or logits (images, classes), or .csv with a column "
            "probability_0 or logit_0 and so on; index and label are verified where they are there."
        ),
    ],
    name: Annotated[str, typer.Option(help="What the row is called, in lower case.")],
    seed: Annotated[int, typer.Option(min=0, help="Of the training; seeds make one row.")] = 0,
    tier: Annotated[
        str, typer.Option(help="The section to stand in; full is all test images.")
    ] = "full",
    dataset: Dataset = None,
    data_dir: DataDir = None,
    results: Results = OWN,
) -> None:
    """Score predictions of the test images, made by any program, and refresh the leaderboard.

    The row is marked as supplied: it has intervals and paired tests, and no verdict. The file
    holds a line for every test image of the data set, in its order.
    """
    from rich.console import Console

    from bench.approaches.registry import installed_approaches
    from bench.engines.supplied import check_name, record_supplied
    from bench.inputs.splits import test_positions
    from bench.inputs.supplied import fitting, read_supplied
    from bench.leaderboard.files import write_leaderboard
    from bench.leaderboard.terminal import show_summary
    from bench.planning.prerequisites import dataset_of
    from bench.planning.request import Request
    from bench.planning.tiers import get_tier
    from bench.records.opening import check_writable, open_store

    known, chosen_tier = installed_approaches(), get_tier(tier)
    tell_broken()
    check_name(name, known.names)
    supplied = read_supplied(predictions)
    images = dataset_of(Request(tier=tier, dataset=dataset, data_dir=data_dir), chosen_tier)
    positions = test_positions(images, chosen_tier)
    sound = fitting(supplied, images.test.fine, images.num_classes, positions)
    check_writable(results)
    store = open_store(results)
    record = record_supplied(store, sound, name=name, seed=seed, tier=chosen_tier, dataset=images)
    write_leaderboard(store, known.entries)
    show_summary(Console(), store, (record,), known.entries)
