"""The layer table of each built model beside the documented one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from bench.approaches.approach import Approach
from bench.approaches.registry import known_approaches
from bench.pages.sections import Section, Table
from bench.pages.words import NONE, slug
from bench.planning.models import model_entry

if TYPE_CHECKING:
    from models.conformance import LayerRow, LayerTable

ANCHOR = "architectures"
_TOTALS = {
    "parameters": "total",
    "trainable_parameters": "total trainable",
    "non_trainable_parameters": "total non-trainable",
}


@dataclass(frozen=True)
class Architecture:
    """One model in both forms.

    Attributes:
        model: name in `models.registry`.
        documented: as the source has it; `None` where no table is documented.
        built: as Keras builds it.
        differences: what `models.conformance.mismatches` finds, in words.
    """

    model: str
    documented: LayerTable | None
    built: LayerTable
    differences: tuple[str, ...]


def anchor(model: str) -> str:
    """Of a model's part of the page."""
    return f"{ANCHOR}-{slug(model)}"


def build_architectures(
    approaches: Sequence[Approach] | None = None,
) -> tuple[Architecture, ...]:
    """Build every model of the approaches, once each, with random weights.

    Imports Keras, so the backend must have been chosen.
    """
    approaches = known_approaches(approaches)
    from models.conformance import describe, load_table, mismatches
    from models.registry import build

    found = []
    for name in dict.fromkeys(approach.model for approach in approaches):
        entry = model_entry(name)
        model = build(entry)
        table = load_table(entry) if entry.table else None
        differences = mismatches(model, table) if table else ()
        found.append(Architecture(name, table, describe(model), tuple(map(str, differences))))
    return tuple(found)


def section(
    architectures: Sequence[Architecture], approaches: Sequence[Approach] | None = None
) -> Section:
    """All models, in the order of the approaches that use them."""
    approaches = known_approaches(approaches)
    return Section(
        anchor=ANCHOR,
        title="Architectures",
        text=(
            "Each model as Keras builds it beside the layer table that documents it. A forest "
            "has no layers of its own: its model is the network that feeds it.",
        ),
        sections=tuple(_model(architecture, approaches) for architecture in architectures),
    )


def _model(architecture: Architecture, approaches: Sequence[Approach]) -> Section:
    users = [a.title for a in approaches if a.model == architecture.model]
    documented = architecture.documented
    text = [f"Used by: {', '.join(users)}."]
    if documented is None:
        text.append("No layer table is documented for it.")
    elif architecture.differences:
        text.append(f"Differs from the documented table: {'; '.join(architecture.differences)}.")
    else:
        text.append(
            "Conforms: every layer's name, type, output and parameters, the settings that the "
            f"table states, and the totals are the documented ones ({documented.source})."
        )
    return Section(
        anchor=anchor(architecture.model),
        title=architecture.model,
        text=tuple(text),
        tables=(_table(architecture),),
    )


def _table(architecture: Architecture) -> Table:
    documented, built = architecture.documented, architecture.built
    rows = [_row(*pair) for pair in zip_longest(documented.rows if documented else (), built.rows)]
    for name, title in _TOTALS.items():
        claimed = f"{getattr(documented, name):,}" if documented else NONE
        found = f"{getattr(built, name):,}"
        rows.append((title, "", "", "", claimed, found, _same(claimed == found, documented)))
    return Table(
        caption=f"Layers of {architecture.model}: documented and built. Shapes are without the "
        f"batch; input {_shape(built.input)}. Documented: "
        f"{documented.source if documented else 'nothing'}.",
        columns=(
            *("layer", "type", "output, documented", "output, built"),
            *("parameters, documented", "parameters, built", "same"),
        ),
        rows=tuple(rows),
        numeric=("parameters, documented", "parameters, built"),
        summary=f"All {len(built.rows)} layers as a table" if len(built.rows) > 20 else "",
    )


def _row(documented: LayerRow | None, built: LayerRow | None) -> tuple[str, ...]:
    either = documented or built
    assert either is not None
    same = (
        documented is not None
        and built is not None
        and (documented.name, documented.type, documented.output, documented.parameters)
        == (built.name, built.type, built.output, built.parameters)
    )
    return (
        either.name,
        either.type,
        _shape(documented.output) if documented else NONE,
        _shape(built.output) if built else NONE,
        f"{documented.parameters:,}" if documented else NONE,
        f"{built.parameters:,}" if built else NONE,
        _same(same, documented),
    )


def _same(same: bool, documented: object) -> str:
    return NONE if documented is None else "yes" if same else "no"


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))
