"""From a store to the report: what stands on the page, and how it comes onto the disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.approaches.approach import Approach
from bench.approaches.registry import known_approaches
from bench.leaderboard import legends, text
from bench.leaderboard.published import DATASET
from bench.pages.html import to_html
from bench.pages.sections import Page, Section, figures_of
from bench.pages.words import enumerated
from bench.records.store import RunStore
from bench.report import architecture, beside, published_part, standing_part
from bench.report.architecture import Architecture
from bench.report.groups import Standing, standings
from bench.system.files import write_text_atomically
from datasets.image_dataset import ImageDataset

FOLDER = "report"
INDEX = "index.html"
FIGURES = "figures"
_CLOSE_AND_FAR = (
    "Close mistakes name another class of the right superclass, far ones a class of another. "
)
FOOTER = "Written by `bench report` from run records; the same records give the same page."


def build(
    store: RunStore,
    images: Sequence[ImageDataset] = (),
    architectures: Sequence[Architecture] = (),
    extra: Sequence[Section] = (),
    approaches: Sequence[Approach] | None = None,
) -> Page:
    """The report of everything in a store; a function of the arguments and of what lies beside it.

    Args:
        store: read whole.
        images: data sets, for the wrong predictions; used where the fingerprint is a record's.
        architectures: the built models; none leaves their part out.
        extra: further parts, set before the published results.
        approaches: the registry.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    approaches = known_approaches(approaches)
    by_fingerprint = {data.fingerprint: data for data in images}
    names = {data.fingerprint: data.taxonomy for data in images}
    found = standings(store, approaches, names)
    models = {shown.model for shown in architectures}
    parts: list[Section] = [standing_part.opening(first) for first in found[:1]]
    parts += [
        standing_part.section(
            standing,
            approaches,
            by_fingerprint,
            models,
            opened=standing is found[0],
            folded=standing is not found[0] and not standing.section.judged,
        )
        for standing in found
    ]
    if architectures:
        parts.append(architecture.section(architectures, approaches))
    shown = not found or any(standing.section.dataset == DATASET for standing in found)
    parts += [*extra, *([published_part.section()] if shown else []), _method(found, store)]
    return Page(
        title=_title(found),
        lead=_lead(found),
        facts=_facts(found),
        sections=tuple(parts),
        footer=FOOTER,
    )


def write(page: Page, root: Path) -> Path:
    """Write the figures and then the page under `root/report`; returns the page's path.

    Each file is whole or absent, and the page comes last. Drawings of an earlier report that this
    one does not have are removed.

    Raises:
        BenchError: a file cannot be written.
    """
    folder = root / FOLDER
    drawn = {figure.name: figure.drawn() for figure in figures_of(page.sections)}
    kept = {path for one in drawn.values() for path in one.save(folder / FIGURES)}
    index = folder / INDEX
    write_text_atomically(index, to_html(page, drawn.values()))
    for path in (folder / FIGURES).glob("*.*"):
        if path.suffix in (".png", ".svg") and path not in kept:
            path.unlink(missing_ok=True)
    return index


def _title(found: Sequence[Standing]) -> str:
    """Named after the data sets; synthetic ones only where there is no other."""
    sections = [standing.section for standing in found]
    shown = [section for section in sections if not section.synthetic] or sections
    names = dict.fromkeys(text.dataset_title(section.dataset) for section in shown)
    return f"{enumerated(list(names))} benchmark report" if names else "Benchmark report"


def _lead(found: Sequence[Standing]) -> tuple[str, ...]:
    if not found:
        return (legends.EMPTY,)
    judged = [standing.section for standing in found if standing.section.judged]
    if judged:
        return tuple(map(text.accuracy_headline, judged))
    days = dict.fromkeys(found[0].section.recorded)
    return (f"Nothing is judged yet; below, what was recorded {' to '.join(days)}.",)


def _facts(found: Sequence[Standing]) -> tuple[tuple[str, str], ...]:
    records = [record for s in found for group in s.groups for record in group.records]
    if not records:
        return ()
    commits = sorted({(r.environment.commit or "unknown")[:8] for r in records})
    days = sorted(record.started[:10] for record in records)
    return (
        ("Runs", f"{len(records):,}"),
        ("Approaches", str(len({record.approach for record in records}))),
        ("Tiers", ", ".join(dict.fromkeys(s.section.tier for s in found))),
        ("Recorded", days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"),
        ("Code", ", ".join(commits)),
    )


def _superclasses(found: Sequence[Standing]) -> bool:
    return any(group.taxonomy.has_superclasses for s in found for group in s.groups)


def _method(found: Sequence[Standing], store: RunStore) -> Section:
    return Section(
        anchor="method",
        title=legends.HOW_TO_READ,
        text=(
            text.source(standing.section for standing in found),
            *legends.LEGEND,
            (_CLOSE_AND_FAR if _superclasses(found) else "")
            + "Of each test image the five most probable classes are stored with their "
            "probabilities, and the probability of the right one; every figure follows from these "
            "and from the records, and `bench verify` derives each score from them again.",
        ),
        links=tuple(beside.links(store, FOLDER)),
    )
