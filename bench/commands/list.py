"""`bench list`: what there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from bench.errors import BenchError

_Listing = tuple[tuple[str, ...], list[tuple[str, ...]]]


def list_entries(
    what: Annotated[
        str, typer.Argument(help="approaches, ablations, tiers, datasets, models or trackers.")
    ] = "approaches",
) -> None:
    """Show the approaches, ablations, tiers, data sets, models or trackers that can be named."""
    from rich.console import Console
    from rich.table import Table

    if what not in _LISTS:
        raise BenchError(f"cannot list {what!r}; known: {', '.join(_LISTS)}")
    head, rows = _LISTS[what]()
    table = Table(*head, box=None, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _approaches() -> _Listing:
    from bench.approaches.registry import APPROACHES

    rows: list[tuple[str, ...]] = []
    for approach in APPROACHES:
        documented = approach.documented_value("test_accuracy")
        percent = f"{100 * documented.value:g} %" if documented else ""
        rows.append((approach.name, approach.title, approach.model, percent))
    return ("name", "title", "model", "documented test accuracy"), rows


def _ablations() -> _Listing:
    from bench.ablations.entries import ABLATIONS

    return ("name", "variants", "tier", "question"), [
        (a.name, str(len(a.variants)), a.tier.name, a.question) for a in ABLATIONS
    ]


def _tiers() -> _Listing:
    from bench.planning.tiers import TIERS

    return ("name", "seeds", "purpose"), [(t.name, str(t.seeds), t.purpose) for t in TIERS]


def _datasets() -> _Listing:
    from datasets import ENTRIES

    return ("name", "what"), [(entry.name, entry.description) for entry in ENTRIES]


def _models() -> _Listing:
    from models.registry import ENTRIES

    rows: list[tuple[str, ...]] = [
        (entry.name, str(entry.image_size), "VGG-19 to block4_conv4" if entry.backbone else "")
        for entry in ENTRIES
    ]
    return ("name", "image size", "frozen backbone"), rows


def _trackers() -> _Listing:
    from bench.trackers.registry import TRACKERS

    return ("name", "what", "installed by"), [
        (entry.name, entry.description, f"pip install 'cifar100-bench[{entry.extra}]'")
        for entry in TRACKERS
    ]


_LISTS: dict[str, Callable[[], _Listing]] = {
    "approaches": _approaches,
    "ablations": _ablations,
    "tiers": _tiers,
    "datasets": _datasets,
    "models": _models,
    "trackers": _trackers,
}
