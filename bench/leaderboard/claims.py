"""Every claim against the rows of a section, as the leaderboard keeps it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.analysis.claim_verdicts import ClaimVerdict, Fact, Finding
from bench.analysis.claims import evaluate_all, headline, joint_picture
from bench.analysis.evidence import ApproachFacts, DatasetFacts, Evidence, PublishedFact
from bench.analysis.facts import facts_of
from bench.analysis.grouping import RowRuns, group, has_random_backbone
from bench.analysis.quantities import MEASURES, Kind
from bench.analysis.verdicts import Verdict, can_be_judged
from bench.approaches.approach import Approach
from bench.approaches.claim_sets import dataset_of_report, installed_claim_sets
from bench.approaches.claims import (
    Claim,
    ClaimSet,
    Confused,
    NoAlternatives,
    Number,
    OnlyDiagonal,
    Reading,
)
from bench.leaderboard.measured import DIGITS, measured, rounded
from bench.leaderboard.model import ClaimFact, ClaimRow, ClaimsPart, Joint, OtherReading, Row
from bench.leaderboard.published import published_results
from bench.planning.datasets import installed_datasets
from bench.records.predictions import Predictions
from bench.records.record import RunRecord
from bench.records.store import RunStore

ABLATIONS = "ablations"
LoadPredictions = Callable[[Iterable[Path]], Iterable[Predictions]]
# What is said of approaches that belong to no set of claims: their documented numbers alone.
OWN = "approaches"


@dataclass(frozen=True)
class ClaimSource:
    """What claims are held against, beside the rows of a section.

    Attributes:
        sets: every set of claims.
        variants: facts of the ablations' variants, by the digest of the protocol that they
            followed, then by the names that claims use.
        predictions: reads the predictions in these folders, in their order; `None` leaves claims
            on confusions undecided.
    """

    sets: tuple[ClaimSet, ...] = ()
    variants: Mapping[str, Mapping[str, ApproachFacts]] = field(default_factory=dict)
    predictions: LoadPredictions | None = None


def claim_source(store: RunStore, sets: Iterable[ClaimSet] | None = None) -> ClaimSource:
    """The installed sets of claims, and what a store has to hold them against.

    Raises:
        BenchError: a record is damaged.
    """
    return ClaimSource(
        sets=tuple(installed_claim_sets() if sets is None else sets),
        variants=_variants(store.collection(ABLATIONS)),
        predictions=store.predictions_of,
    )


def claims_part(
    rows: Sequence[tuple[Row, RowRuns]], approaches: Sequence[Approach], source: ClaimSource
) -> ClaimsPart | None:
    """Every claim on the approaches of a section; `None` where none of its rows may be judged.

    Of several rows of an approach the registered recipe's with the most seeds stands for it.
    """
    judged = _standing_for(rows)
    if not judged:
        return None
    known = {approach.name: approach for approach in approaches}
    first = next(iter(judged.values())).first
    rowsets = [
        claims
        for claims in source.sets
        if claims.dataset == first.dataset.name and set(claims.approaches) & set(judged)
    ]
    rowsets += _own(source.sets, judged, known)
    needed = {name for claims in rowsets for name in _need_confusion(claims)}
    facts = {
        name: facts_of(
            runs.records,
            confusion=_confusion(runs, source.predictions) if name in needed else None,
            fitted=is_fitted(name, known),
        )
        for name, runs in judged.items()
    }
    aliased = {
        alias: facts[name]
        for claims in rowsets
        for alias, name in claims.aliases.items()
        if name in facts
    }
    evidence = Evidence(
        approaches={**source.variants.get(first.protocol or "", {}), **facts, **aliased},
        dataset=_dataset(first),
        published=tuple(
            PublishedFact(result.accuracy, result.extra_data is not None)
            for result in published_results(first.dataset.name)
        ),
    )
    verdicts = [(claims, evaluate_all(claims, evidence)) for claims in rowsets]
    return ClaimsPart(
        claims=tuple(_row(claims.name, found) for claims, of_set in verdicts for found in of_set),
        headline={
            verdict.value: count
            for verdict, count in headline(
                found for _, of_set in verdicts for found in of_set
            ).items()
        },
        not_informative=sum(
            not found.claim.informative for _, of_set in verdicts for found in of_set
        ),
        joint=tuple(_joints(rowsets, evidence)),
    )


def _standing_for(rows: Sequence[tuple[Row, RowRuns]]) -> dict[str, RowRuns]:
    found: dict[str, tuple[tuple[bool, int], RowRuns]] = {}
    for row, runs in rows:
        if not all(map(can_be_judged, runs.records)):
            continue
        rank = (row.registered, len(row.seeds))
        if row.approach not in found or rank > found[row.approach][0]:
            found[row.approach] = (rank, runs)
    return {name: runs for name, (_, runs) in found.items()}


def _own(
    sets: Iterable[ClaimSet], judged: Mapping[str, RowRuns], known: Mapping[str, Approach]
) -> list[ClaimSet]:
    """The documented numbers of approaches that no set of claims speaks of."""
    covered = {name for claims in sets for name in claims.approaches}
    names = [name for name in known if name in judged and name not in covered]
    claims = tuple(
        Claim(
            name=f"{name}-{documented.quantity}".replace("_", "-"),
            section=documented.source,
            words="",
            says=Number(name, documented),
            informative=documented.informative
            and MEASURES[documented.quantity].kind is not Kind.COUNT,
            explanation=documented.explanation,
        )
        for name in names
        for documented in known[name].documented
    )
    if not claims:
        return []
    return [ClaimSet(OWN, "Documented with the approaches", "", claims, tuple(names))]


def _need_confusion(claims: ClaimSet) -> Iterator[str]:
    for claim in claims.claims:
        if isinstance(claim.says, OnlyDiagonal | NoAlternatives | Confused):
            yield claim.says.approach


def is_fitted(name: str, known: Mapping[str, Approach]) -> bool:
    """Whether its recipe, or that of a network that it reads, was chosen by the number."""
    approach = known.get(name)
    if approach is None:
        return False
    base = approach.recipe.base if approach.recipe.needs_trained_base else None
    return approach.fitted or (base is not None and is_fitted(base, known))


def _confusion(runs: RowRuns, load: LoadPredictions | None) -> NDArray[np.int64] | None:
    if load is None:
        return None
    classes = len(runs.first.per_class_accuracy)
    found = np.zeros((len(runs.folders), classes, classes), np.int64)
    for matrix, predictions in zip(found, load(runs.folders), strict=True):
        np.add.at(matrix, (predictions.label, predictions.top_class[:, 0]), 1)
    return found


def _dataset(record: RunRecord) -> DatasetFacts | None:
    """The names of the classes; and the counts, where the record's digest is the known one.

    The digest covers every label, and the data set's contract counts those it stands for.
    """
    known = installed_datasets()
    entry = known.get(record.dataset.name) if record.dataset.name in known else None
    if entry is None or entry.taxonomy is None or entry.sizes is None:
        return None
    train: tuple[int, ...] = ()
    test: tuple[int, ...] = ()
    sizes = entry.sizes
    if record.dataset.content_digest == entry.content_digest:
        train = (sizes.train_per_class,) * sizes.classes
        test = (sizes.test_per_class,) * sizes.classes
    return DatasetFacts(entry.taxonomy.fine_names, train, test, sizes.image_shape)


def _variants(store: RunStore) -> dict[str, dict[str, ApproachFacts]]:
    """The row with the most seeds of each variant on the real images, by protocol and name.

    What followed no protocol, or ran from uncommitted changes, carries no verdict here either.
    """
    found: dict[str, dict[str, RowRuns]] = defaultdict(dict)
    for section in group(store.runs()):
        first = section.first
        refused = any(record.verdict_refusal for record in section.records)
        if first.protocol is None or refused or has_random_backbone(first):
            continue
        if first.dataset.name != dataset_of_report(first.approach):
            continue
        rows = found[first.protocol]
        for row in section.rows:
            tier = "" if first.tier.name == "full" else f"{first.tier.name}/"
            name = f"{tier}{row.identity.approach}"
            if name not in rows or len(row.seeds) > len(rows[name].seeds):
                rows[name] = row
    return {
        protocol: {name: facts_of(row.records) for name, row in rows.items()}
        for protocol, rows in found.items()
    }


def _joints(sets: Iterable[ClaimSet], evidence: Evidence) -> Iterator[Joint]:
    for claims in sets:
        found = joint_picture(claims, evidence)
        if found is not None:
            yield Joint(
                claim_set=claims.name,
                approaches=tuple(term.approach for term in claims.joint),
                above_all=found.above_all,
                below_all=sum(one.below_all for one in found.standings),
                p_value=round(found.p_value, DIGITS),
            )


def _row(claim_set: str, found: ClaimVerdict) -> ClaimRow:
    claim, finding = found.claim, found.finding
    judgement = finding.judgement
    return ClaimRow(
        claim_set=claim_set,
        name=claim.name,
        section=claim.section,
        words=claim.words,
        checked=claim.checked,
        subject=_subject(claim),
        unit=finding.unit,
        documented=finding.documented,
        step=_step(claim),
        facts=tuple(map(_fact, finding.facts)),
        expected=rounded(judgement.expected) if judgement.expected else None,
        resolution=_optional(judgement.resolution),
        verdict=judgement.verdict,
        reason=judgement.reason,
        why=getattr(claim.says, "why", ""),
        seeds_needed=judgement.seeds_needed,
        probability=_optional(judgement.probability),
        informative=claim.informative,
        weights=claim.reading.weights,
        fitting=claim.reading.fitting,
        others=tuple(_other(reading, other) for reading, other in found.others),
        explanation=claim.explanation if found.verdict is Verdict.NOT_REPRODUCED else "",
    )


def _other(reading: Reading, finding: Finding) -> OtherReading:
    return OtherReading(
        weights=reading.weights,
        fitting=reading.fitting,
        verdict=finding.judgement.verdict,
        facts=tuple(map(_fact, finding.facts)),
    )


def _fact(fact: Fact) -> ClaimFact:
    return ClaimFact(label=fact.label, unit=fact.unit, measured=measured(fact.values))


def _subject(claim: Claim) -> str:
    """The approach and quantity of a number; empty for what its words say best."""
    if not isinstance(claim.says, Number):
        return ""
    return f"{claim.says.approach}, {claim.says.documented.quantity.replace('_', ' ')}"


def _step(claim: Claim) -> float | None:
    says = claim.says.documented if isinstance(claim.says, Number) else claim.says
    step = getattr(says, "step", None)
    return None if step is None else float(step)


def _optional(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
