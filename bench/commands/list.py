"""`bench list`: what there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Annotated, Protocol

import typer

from bench.commands.plugins import tell_broken
from bench.errors import unknown

_Listing = tuple[tuple[str, ...], list[tuple[str, ...]]]
_PIPED_WIDTH = 1000
_DECIDED = ("data_dir", "cache_dir", "download", "per_class")


class _Described(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...


def _complete(begun: str) -> list[str]:
    return [name for name in _LISTS if name.startswith(begun)]


def list_entries(
    what: Annotated[
        str,
        typer.Argument(
            help="approaches, ablations, tiers, datasets, models, estimators, engines, trackers, "
            "claims or sections.",
            autocompletion=_complete,
        ),
    ] = "approaches",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON array, one object an entry.")
    ] = False,
) -> None:
    """Show what can be named: built in, or of an installed package."""
    if what not in _LISTS:
        raise unknown("list", what, _LISTS)
    head, rows = _LISTS[what]()
    tell_broken()
    if as_json:
        names = [title.replace(" ", "_") for title in head]
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
    else:
        _print_table(head, rows)


def _print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bench.pages.escaping import harmless

    console = Console()
    if not console.is_terminal:
        # What reads a pipe has no width: nothing is wrapped or cut.
        console = Console(width=_PIPED_WIDTH)
    table = Table(*head, box=None, header_style="bold")
    for row in rows:
        # As text, since brackets such as those of an extra would be read as markup.
        table.add_row(*(Text(harmless(cell)) for cell in row))
    console.print(table)


def _approaches() -> _Listing:
    from bench.approaches.registry import installed_approaches

    rows: list[tuple[str, ...]] = []
    for approach in installed_approaches():
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
    from bench.planning.datasets import installed_datasets

    # What tiers and other options of the commands decide is left out.
    known = installed_datasets()
    own = [[name for name in entry.options if name not in _DECIDED] for entry in known]
    return ("name", "what", "options"), [
        (entry.name, entry.description, ", ".join(names))
        for entry, names in zip(known, own, strict=True)
    ]


def _models() -> _Listing:
    from bench.planning.models import installed_models

    rows: list[tuple[str, ...]] = [
        (entry.name, str(entry.image_size), entry.backbone or "") for entry in installed_models()
    ]
    return ("name", "image size", "frozen backbone"), rows


def _trackers() -> _Listing:
    from bench.trackers.registry import installed_trackers

    return ("name", "what", "installed by"), [
        (entry.name, entry.description, entry.installed_by) for entry in installed_trackers()
    ]


def _estimators() -> _Listing:
    from bench.estimators.registry import installed_estimators

    return _described(installed_estimators())


def _engines() -> _Listing:
    from bench.engines.registry import installed_engines

    return _described(installed_engines())


def _claims() -> _Listing:
    from bench.approaches.claim_sets import installed_claim_sets

    return ("name", "claims", "report"), [
        (entry.name, str(len(entry.claims)), entry.title) for entry in installed_claim_sets()
    ]


def _sections() -> _Listing:
    from bench.report.parts import installed_parts

    return _described(installed_parts())


def _described(entries: Iterable[_Described]) -> _Listing:
    return ("name", "what"), [(entry.name, entry.description) for entry in entries]


_LISTS: dict[str, Callable[[], _Listing]] = {
    "approaches": _approaches,
    "ablations": _ablations,
    "tiers": _tiers,
    "datasets": _datasets,
    "models": _models,
    "estimators": _estimators,
    "engines": _engines,
    "trackers": _trackers,
    "claims": _claims,
    "sections": _sections,
}
