"""`bench list`: what there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated

import typer

from bench.errors import unknown
from bench.system.hints import install_hint

_Listing = tuple[tuple[str, ...], list[tuple[str, ...]]]
_PIPED_WIDTH = 1000


def _complete(begun: str) -> list[str]:
    return [name for name in _LISTS if name.startswith(begun)]


def list_entries(
    what: Annotated[
        str,
        typer.Argument(
            help="approaches, ablations, tiers, datasets, models or trackers.",
            autocompletion=_complete,
        ),
    ] = "approaches",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON array, one object an entry.")
    ] = False,
) -> None:
    """Show the approaches, ablations, tiers, data sets, models or trackers that can be named."""
    if what not in _LISTS:
        raise unknown("list", what, _LISTS)
    head, rows = _LISTS[what]()
    if as_json:
        names = [title.replace(" ", "_") for title in head]
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
    else:
        _print_table(head, rows)


def _print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        # What reads a pipe has no width: nothing is wrapped or cut.
        console = Console(width=_PIPED_WIDTH)
    table = Table(*head, box=None, header_style="bold")
    for row in rows:
        # As text, since brackets such as those of an extra would be taken for markup.
        table.add_row(*map(Text, row))
    console.print(table)


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
        (entry.name, entry.description, install_hint(entry.extra)) for entry in TRACKERS
    ]


_LISTS: dict[str, Callable[[], _Listing]] = {
    "approaches": _approaches,
    "ablations": _ablations,
    "tiers": _tiers,
    "datasets": _datasets,
    "models": _models,
    "trackers": _trackers,
}
