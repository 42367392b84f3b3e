"""The confusions that a report names in its claims: is each approach's among its most frequent?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.analysis.confusion import ConfusedPairs, confused_pairs
from bench.approaches.claim_sets import installed_claim_sets
from bench.approaches.claims import ClaimSet, Confused
from bench.pages.sections import Cell, Table
from bench.pages.words import enumerated, readable
from bench.report.groups import Group
from datasets.taxonomy import Taxonomy

Pair = tuple[int, int]


@dataclass(frozen=True)
class Named:
    """One sentence of a report on classes that are confused.

    Attributes:
        words: the report's own.
        section: of the report.
        groups: of each group of classes what it is called and its pairs, the lower label first;
            single pairs before larger groups.
    """

    words: str
    section: str
    groups: tuple[tuple[str, tuple[Pair, ...]], ...]


@dataclass(frozen=True)
class Answer:
    """Whether an approach makes a mistake that a report names.

    Attributes:
        what: the classes, in words.
        found: whether it is, or some of its pairs are, among the 1 % most confused pairs.
        detail: the rank, or how many of the pairs are found.
    """

    what: str
    found: bool
    detail: str


def named_mistakes(groups: Sequence[Group]) -> tuple[Named, ...]:
    """What the reports that speak of these rows name, where the images have such classes."""
    approaches = {group.row.approach for group in groups}
    datasets = {group.records[0].dataset.name for group in groups}
    return tuple(
        named
        for report in installed_claim_sets()
        if report.dataset in datasets and approaches & set(report.approaches)
        for named in _named(report, groups[0].taxonomy)
    )


def answers(group: Group, named: Named) -> tuple[Answer, ...]:
    """One for each group of classes."""
    confused, limit = confused_pairs(group.tally.matrix), _possible(group) // 100
    return tuple(_answer(what, pairs, confused, limit) for what, pairs in named.groups)


def finding(group: Group) -> str | None:
    """Whether the mistakes that its report names are among an approach's most confused pairs."""
    found = [answer for named in named_mistakes([group]) for answer in answers(group, named)]
    if not found:
        return None
    said = "; ".join(f"{a.what}: {'yes' if a.found else 'no'} ({a.detail})" for a in found)
    return (
        "Does it make the mistakes that its report names, that is, are they among the "
        f"{_possible(group) // 100} most confused of {_possible(group):,} pairs? "
        f"{said[0].upper()}{said[1:]}."
    )


def said(named: Named) -> str:
    """What the report says, and what is asked of each approach."""
    return (
        f'The report says (section {named.section}): "{named.words}". Here is whether each '
        "approach makes these mistakes."
    )


def answers_table(groups: Sequence[Group], named: Named, provenance: str) -> Table:
    """The answers of all approaches to one sentence."""
    limit, possible = _possible(groups[0]) // 100, _possible(groups[0])
    return Table(
        caption=f"Yes: among the {limit} most confused of {possible:,} pairs; rank 1 is the most "
        f"confused one. {provenance}",
        columns=("approach", *(what for what, _ in named.groups)),
        rows=tuple(
            (
                Cell(group.title, group.title, href=f"#{group.anchor}-confused"),
                *(f"{'yes' if a.found else 'no'}, {a.detail}" for a in answers(group, named)),
            )
            for group in groups
        ),
    )


def tables(group: Group, found: ConfusedPairs) -> Iterator[Table]:
    """For each sentence of the approach's report, every pair that it names with its rank."""
    possible = _possible(group)
    for named in named_mistakes([group]):
        rows = []
        for one, other in (pair for _, pairs in named.groups for pair in pairs):
            pair = found.find(one, other)
            rank = f"{pair.rank:,} of {possible:,}" if pair else "never confused"
            total = pair.total if pair else 0
            rows.append(
                (
                    _called(group.taxonomy, (one, other), " – "),
                    Cell(f"{total:,}", total),
                    Cell(rank, pair.rank if pair else None),
                )
            )
        yield Table(
            caption=f'The mistakes that the report names: "{named.words}". Rank 1 is the pair that '
            f"this approach confuses most often. {group.provenance}",
            columns=("pair", "either way", "rank among all pairs"),
            rows=tuple(rows),
            numeric=("either way", "rank among all pairs"),
            sortable=True,
        )


def _named(report: ClaimSet, taxonomy: Taxonomy) -> Iterator[Named]:
    label = {name: number for number, name in enumerate(taxonomy.fine_names)}
    for claim in report.claims:
        if isinstance(claim.says, Confused):
            members = [
                tuple(sorted(label[name] for name in group))
                for group in claim.says.groups
                if set(group) <= set(label)
            ]
            groups = tuple(
                (_title(taxonomy, group), tuple(combinations(group, 2)))
                for group in sorted(members, key=len)
            )
            if groups:
                yield Named(claim.words, claim.section, groups)


def _title(taxonomy: Taxonomy, labels: Sequence[int]) -> str:
    """The superclass's name for all of its classes, else their own."""
    parents = {taxonomy.fine_to_coarse[label] for label in labels}
    whole = len(parents) == 1 and len(labels) == taxonomy.fine_to_coarse.count(min(parents))
    if whole and len(labels) > 2:
        return readable(taxonomy.coarse_names[min(parents)])
    return _called(taxonomy, labels, None)


def _called(taxonomy: Taxonomy, labels: Iterable[int], between: str | None) -> str:
    names = [readable(taxonomy.fine_names[label]) for label in labels]
    return between.join(names) if between else enumerated(names)


def _answer(what: str, pairs: Sequence[Pair], confused: ConfusedPairs, limit: int) -> Answer:
    places = [pair.rank if (pair := confused.find(*labels)) else None for labels in pairs]
    inside = sum(place is not None and place <= limit for place in places)
    if len(places) > 1:
        return Answer(what, inside > 0, f"{inside} of {len(places)} pairs")
    return Answer(
        what, inside > 0, "never confused" if places[0] is None else f"rank {places[0]:,}"
    )


def _possible(group: Group) -> int:
    """Pairs of classes."""
    classes = len(group.taxonomy.fine_names)
    return classes * (classes - 1) // 2
