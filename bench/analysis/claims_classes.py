"""The rules for claims on which classes are confused, on the data, and on the field."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.analysis.claim_verdicts import Fact, Finding, every_seed, undecided
from bench.analysis.evidence import Evidence
from bench.analysis.statistics import LEVEL, holm
from bench.analysis.verdicts import MIN_SEEDS, Judgement, Reason, Verdict
from bench.approaches.claims import (
    Claim,
    Confused,
    DatasetCounts,
    NoAlternatives,
    NotCheckable,
    OnlyDiagonal,
    Reading,
    TopOfTable,
)


def check_diagonal(
    says: OnlyDiagonal, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """No class of any seed has a larger value off the diagonal than on it."""
    confusion = _confusion(says.approach, evidence)
    if confusion is None:
        return undecided()
    own = np.diagonal(confusion, axis1=1, axis2=2)
    wrong = tuple(float(n) for n in (_off_diagonal(confusion).max(axis=2) > own).sum(axis=1))
    return every_seed(wrong, (Fact("classes that peak off the diagonal", wrong, "count"),))


def check_alternatives(
    says: NoAlternatives, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """No wrong class takes `fraction` of a class's images, in any seed."""
    confusion = _confusion(says.approach, evidence)
    if confusion is None:
        return undecided()
    images = confusion.sum(axis=2)[:, :, None]
    large = (_off_diagonal(confusion) >= says.fraction * images) & (images > 0)
    cells = tuple(float(n) for n in large.sum(axis=(1, 2)))
    highest = tuple(
        float(n) for n in (_off_diagonal(confusion) / np.maximum(images, 1)).max(axis=(1, 2))
    )
    return every_seed(
        cells,
        (
            Fact("wrong classes with at least that fraction of a class", cells, "count"),
            Fact("largest fraction of a class", highest, "accuracy"),
        ),
    )


def check_confused(says: Confused, claim: Claim, evidence: Evidence, reading: Reading) -> Finding:
    """Confusions within each group against an even spread of the mistakes.

    Of the m mistakes on images of a group of g classes among k, an even spread gives each one a
    chance of (g − 1)/(k − 1) to stay within the group. The seeds see the same images, so they are
    not added up: the mean over seeds is tested as one of them. Binomial test, Holm's correction
    over the groups.
    """
    from scipy.special import bdtrc

    confusion = _confusion(says.approach, evidence)
    if confusion is None or evidence.dataset is None:
        return undecided()
    if len(confusion) < MIN_SEEDS:
        return undecided(Reason.FEW_SEEDS)
    names = evidence.dataset.class_names
    p_values, facts = [], []
    for group in says.groups:
        if not set(group) <= set(names):
            return undecided()
        members = [names.index(name) for name in group]
        wrong = _off_diagonal(confusion)[:, members]
        inside = tuple(float(n) for n in wrong[:, :, members].sum(axis=(1, 2)))
        mistakes = wrong.sum(axis=(1, 2)).mean()
        chance = (len(group) - 1) / (len(names) - 1)
        # Rounded against the claim.
        seen, total = int(np.floor(np.mean(inside))), int(np.ceil(mistakes))
        p_values.append(float(bdtrc(seen - 1, total, chance)) if seen else 1.0)
        label = " / ".join(group)
        facts.append(Fact(f"{label}: confused with each other", inside, "count"))
        facts.append(Fact(f"{label}: by an even spread", (mistakes * chance,), "count"))
    corrected = holm(p_values)
    facts.append(Fact("corrected p-value of each group", corrected, "probability"))
    true = [p < 1 - LEVEL for p in corrected]
    if all(true):
        judgement = Judgement(Verdict.REPRODUCED)
    elif any(true):
        judgement = Judgement(Verdict.INCONCLUSIVE, reason=Reason.SOME_OF_SEVERAL)
    else:
        judgement = Judgement(Verdict.NOT_REPRODUCED)
    return Finding(judgement, tuple(facts), unit="count")


def check_dataset(
    says: DatasetCounts, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """Counted, so equal or not."""
    found = evidence.dataset
    if found is None or not found.train_counts:
        return undecided()
    same = (
        found.train_counts == (says.train_per_class,) * says.classes
        and found.test_counts == (says.test_per_class,) * says.classes
        and found.image_shape == says.image_shape
    )
    return Finding(
        Judgement(Verdict.REPRODUCED if same else Verdict.NOT_REPRODUCED, resolution=0.0),
        (
            Fact("classes", (float(len(found.train_counts)),), "count"),
            _range("training images of a class", found.train_counts),
            _range("test images of a class", found.test_counts),
        ),
        unit="count",
    )


def check_table(says: TopOfTable, claim: Claim, evidence: Evidence, reading: Reading) -> Finding:
    """Read off the published results, which are a selection: no error rate can be given."""
    published = sorted(evidence.published, key=lambda result: -result.accuracy)
    if len(published) < says.uncommon_from:
        return undecided()
    first, rest = published[: says.top], published[says.uncommon_from - 1 :]
    among_first = sum(result.extra_data for result in first)
    among_rest = sum(result.extra_data for result in rest)
    holds = (
        all(result.accuracy > says.above for result in first)
        and among_first > len(first) / 2
        and among_rest < len(rest) / 2
    )
    return Finding(
        Judgement(Verdict.REPRODUCED if holds else Verdict.NOT_REPRODUCED),
        (
            Fact("lowest of the first", (first[-1].accuracy,), "accuracy"),
            Fact("with extra data among the first", (float(among_first),), "count"),
            Fact("with extra data among the rest", (float(among_rest),), "count"),
            Fact("the rest", (float(len(rest)),), "count"),
        ),
        says.above,
    )


def check_nothing(
    says: NotCheckable, claim: Claim, evidence: Evidence, reading: Reading
) -> Finding:
    """The claim itself says why."""
    return Finding(Judgement(Verdict.NOT_CHECKABLE, reason=Reason.NOT_CHECKABLE))


def _confusion(approach: str, evidence: Evidence) -> NDArray[np.int64] | None:
    facts = evidence.approaches.get(approach)
    return facts.confusion if facts else None


def _off_diagonal(confusion: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same counts (seeds, classes, classes) with zeros on the diagonal."""
    return confusion * ~np.eye(confusion.shape[1], dtype=bool)


def _range(label: str, counts: tuple[int, ...]) -> Fact:
    return Fact(label, tuple(float(n) for n in sorted({min(counts), max(counts)})), "count")
