"""`bench report`: write the report from the records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.options import OWN, Results
from bench.commands.plugins import tell_broken
from bench.pages.say import say

if TYPE_CHECKING:
    from bench.approaches.approach import Approach
    from bench.records.store import RunStore
    from bench.report.architecture import Architecture
    from datasets import ImageDataset


def report(
    results: Results = OWN,
    dataset: Annotated[
        str | None,
        typer.Option(
            help="Show images of this data set alone, with its options as `bench run` takes them. "
            "Default: of every recorded one."
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder or archive of the images, to show those of wrong predictions."),
    ] = None,
) -> None:
    """Write report/index.html and its figures from the records; nothing is trained.

    The page opens from disk and needs no network. Where the images of a recorded data set cannot
    be had, it says so and shows everything else.
    """
    from bench.approaches.registry import installed_approaches
    from bench.records.opening import open_store, require_records
    from bench.report.build import build, write
    from bench.report.parts import more_parts

    store = require_records(open_store(results))
    images = _images(store, dataset, data_dir)
    known, extra = installed_approaches().entries, more_parts(store)
    tell_broken()
    page = build(store, images, _architectures(known), extra, known)
    say(f"wrote {write(page, store.root)}")


def _images(store: RunStore, dataset: str | None, data_dir: Path | None) -> Sequence[ImageDataset]:
    """The recorded data sets that can be had; what was named explicitly must be there."""
    from bench.planning.datasets import installed_datasets, load_asked, named_with_options
    from datasets import DataError, DataUnavailableError

    known = installed_datasets()
    found = []
    for asked in [dataset] if dataset else store.datasets():
        name, options = named_with_options(asked)
        takes_folder = name in known and "data_dir" in known.get(name).options
        try:
            found.append(load_asked(name, data_dir if takes_folder else None, options))
        except DataError as error:
            if dataset and not isinstance(error, DataUnavailableError):
                raise
            say(f"without images of {name}: {error}")
    return found


def _architectures(approaches: Sequence[Approach]) -> Sequence[Architecture]:
    from bench.errors import BenchError
    from bench.report.architecture import build_architectures
    from bench.system.backend import import_backend

    try:
        import_backend()
    except BenchError as error:
        say(f"without the architectures: {error}")
        return ()
    return build_architectures(approaches)
