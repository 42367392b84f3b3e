"""The leaderboard's words about its sections and rows, as plain text for any format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.analysis.grouping import Distinction
from bench.analysis.verdicts import Verdict
from bench.approaches.claim_sets import CLAIM_SETS, installed_claim_sets
from bench.approaches.run_key import CODE_VERSION
from bench.leaderboard import legends
from bench.leaderboard.legends import (
    COMPACT_LEGEND,
    PLAIN_LEGEND,
    UNREGISTERED,
    UNREGISTERED_LEGEND,
)
from bench.leaderboard.model import Machine, Row, Section, Software
from bench.leaderboard.published import DATASET, PublishedResult
from bench.pages.escaping import harmless
from bench.pages.words import counted, enumerated, percent, readable
from bench.planning.datasets import installed_datasets

ELSEWHERE = "not known, as all predictions were supplied"
# In the order of the headline; others are named where there are any.
_ALWAYS = (
    Verdict.REPRODUCED,
    Verdict.EXCEEDED,
    Verdict.NOT_REPRODUCED,
    Verdict.INCONCLUSIVE,
    Verdict.FITTED,
)


def source(sections: Iterable[Section]) -> str:
    """Which reports the documented numbers of these sections are of."""
    spoken = {(section.dataset, row.approach) for section in sections for row in section.rows}
    reports = [
        report.citation
        for report in installed_claim_sets()
        if any((report.dataset, name) in spoken for name in report.approaches)
    ]
    if not reports:
        return legends.MEASURED
    return legends.SOURCE.format(reports="; and what ".join(reports))


def published_legend() -> str:
    """What the published results are, and on which data set."""
    return legends.PUBLISHED_LEGEND.format(dataset=dataset_title(DATASET))


def dataset_title(name: str) -> str:
    """A data set's name for people."""
    known = installed_datasets()
    return known.get(name).title if name in known else name


def accuracy_headline(section: Section) -> str:
    """How many documented accuracies have each verdict, and when that was measured."""
    found = [row.verdict for row in section.rows if row.verdict]
    counts = [
        f"{found.count(verdict)} {verdict}"
        for verdict in Verdict
        if verdict in _ALWAYS or verdict in found
    ]
    first, last = section.recorded
    days = first if first == last else f"{first} to {last}"
    absent = f"; {counted(len(section.not_run), 'approach', 'approaches')} not run"
    return (
        f"Of {counted(len(found), 'documented test accuracy', 'documented test accuracies')}: "
        f"{', '.join(counts)}{absent if section.not_run else ''} ({heading(section)}, recorded "
        f"{days})."
    )


def compact_legend(section: Section) -> str:
    """What the compact table of a section shows."""
    numbers = sorted({len(row.seeds) for row in section.rows})
    most = counted(numbers[-1], "seed")
    seeds = most if len(numbers) == 1 else f"{numbers[0]} to {most}"
    if section.judged:
        return COMPACT_LEGEND.format(seeds=seeds)
    interval = " ± its 95 % interval" if numbers[-1] > 1 else ""
    return PLAIN_LEGEND.format(seeds=seeds, interval=interval, why=_why_not(section))


def _why_not(section: Section) -> str:
    if section.synthetic:
        return "the images are synthetic"
    if section.random_backbone:
        return "the backbone's weights are random"
    if section.tier != "full":
        return f"the {section.tier} tier is not the documented protocol"
    return "no protocol was committed before these runs"


def best_against_published(section: Section, published: Sequence[PublishedResult]) -> str:
    """Where the best row of a section stands among published results, which are not empty."""
    ordered = sorted(published, key=lambda result: result.accuracy)
    low, high = (
        f"{percent(result.accuracy, result.digits)} ({result.method}, {result.citation.short})"
        for result in (ordered[0], ordered[-1])
    )
    best = max(section.rows, key=lambda row: row.accuracy.mean)
    return (
        f"Published results on the same test images, none of them run here, reach from {low} to "
        f"{high}. The best approach here has {percent(best.accuracy.mean, 2)} ({best.title})."
    )


def row_label(approach: str, distinction: Distinction) -> str:
    """The approach's name with what sets the row apart, on one backend and device."""
    return harmless(f"{approach}{_details(distinction)}")


def row_title(title: str, distinction: Distinction) -> str:
    """A title or a name with whatever tells the row from all others of its section."""
    machine = f" ({', '.join(distinction.machine)})" if distinction.machine else ""
    return harmless(f"{title}{_details(distinction)}{machine}")


def marked(name: str, row: Row) -> str:
    """A name with the mark of a recipe that is not the registry's."""
    return name if row.registered else f"{name} {UNREGISTERED}"


def heading(section: Section) -> str:
    """What a section is, in one line; of another report than the built-in one, that report too."""
    name = dataset_title(section.dataset)
    backbone = ", random backbone: says nothing about accuracy" if section.random_backbone else ""
    earlier = "" if section.code_version == CODE_VERSION else ", before the protocol"
    return f"{name}, {section.tier} tier{backbone}{earlier}{_of_report(section)}"


def _of_report(section: Section) -> str:
    sets = {claim.claim_set for claim in section.claims.claims} if section.claims else set()
    others = [
        found.title
        for found in installed_claim_sets()
        if found.name in sets and found not in CLAIM_SETS
    ]
    return f", {enumerated(others)}" if others else ""


def provenance(section: Section) -> tuple[str, ...]:
    """Where a section's numbers come from: images, tier, weights, machines, software."""
    capped = [
        f"{readable(name)} {value}"
        for name, value in section.tier_parameters.items()
        if value is not None
    ]
    backbones = [
        f"Backbone: {weights.description}"
        + (f" (SHA-256 `{weights.sha256[:12]}`)" if weights.sha256 else "")
        for weights in section.weights
    ]
    return (
        f"Images: {'; '.join(section.sources)} (fingerprint `{section.fingerprint[:12]}`), "
        f"{section.test_images:,} for the test",
        f"Tier: {', '.join(capped) if capped else 'nothing capped'}",
        *backbones,
        f"Ran on: {_machines(section.machines) if section.machines else ELSEWHERE}",
        f"With: {_software(section.software) if section.software else ELSEWHERE}",
    )


def _machines(machines: Sequence[Machine]) -> str:
    """Each processor once, with the cores that runs had of it."""
    names = dict.fromkeys(machine.processor for machine in machines)
    found = []
    for name in names:
        cores = sorted({machine.cores for machine in machines if machine.processor == name})
        noun = "core" if cores == [1] else "cores"
        found.append(f"{name}, {' or '.join(map(str, cores))} {noun}")
    return "; ".join(found)


def _software(software: Sequence[Software]) -> str:
    """Each version once; where runs differ, all that there were of it."""
    packages = dict.fromkeys(name for one in software for name in one.packages)
    parts = [f"Python {_versions(one.python for one in software)}"]
    parts += [
        f"{name} {_versions(one.packages[name] for one in software if name in one.packages)}"
        for name in packages
    ]
    commits = dict.fromkeys(
        f"`{one.commit[:8]}`{' with uncommitted changes' if one.dirty else ''}"
        for one in software
        if one.commit
    )
    noun = "commit" if len(commits) == 1 else "commits"
    return ", ".join(parts) + (f"; {noun} {', '.join(commits)}" if commits else "")


def _versions(found: Iterable[str]) -> str:
    return " or ".join(sorted(set(found)))


def remarks(section: Section) -> tuple[str, ...]:
    """What must be said beside a section's rows."""
    registered = all(row.registered for row in section.rows)
    absent = ", ".join(f"`{name}`" for name in section.not_run)
    return (
        *(() if registered else (UNREGISTERED_LEGEND,)),
        *((f"Not run here: {absent}.",) if absent else ()),
        *(f"Note: {note}" for note in section.notes),
    )


def headline(section: Section) -> tuple[str, ...]:
    """What became of the informative claims, in counts, and the joint picture."""
    if section.claims is None:
        return ()
    counts = [f"{n} {verdict}" for verdict, n in section.claims.headline.items() if n]
    lines = [
        f"Of {sum(section.claims.headline.values())} informative claims: {', '.join(counts)}. "
        f"{counted(section.claims.not_informative, 'claim')} could not have come out otherwise."
    ]
    lines += [
        f"Together: of the documented numbers of {enumerated(joint.approaches)}, "
        f"{joint.above_all} of {len(joint.approaches)} lie above every seed and "
        f"{joint.below_all} below; that they are runs like the measured ones has "
        f"p = {joint.p_value:.4f} (exact test over their places, both sides)."
        for joint in section.claims.joint
    ]
    return tuple(lines)


def reading(weights: str, fitting: bool | None) -> str:
    """Which weights, and how training was scored; `None` where that makes no difference."""
    scored = {None: "", True: ", while fitting", False: ", after training"}
    return f"{weights} epoch{scored[fitting]}"


def explanations(section: Section) -> tuple[str, ...]:
    """For each claim whose verdict needs a word: why that may be; one line each."""
    if section.claims is None:
        return ()
    lines = []
    for claim in section.claims.claims:
        name = claim.subject or claim.name
        if claim.explanation:
            lines.append(f"Not reproduced: {name}: {claim.explanation}")
        elif claim.reason:
            seeds = f" ({claim.seeds_needed} seeds)" if claim.seeds_needed else ""
            lines.append(
                f"{claim.verdict.capitalize()}: {name}: {claim.why or claim.reason}{seeds}"
            )
    return tuple(lines)


def replaced_note(records: int) -> str:
    """That older records of a seed do not count."""
    verb = "is" if records == 1 else "are"
    return f"{counted(records, 'older record')} of a seed that was run again later {verb} left out."


def diverged_note(label: str, seed: int, epoch: int) -> str:
    """That a training ended before its time."""
    return f"{label}, seed {seed}, diverged in epoch {epoch}: what counts is its best epoch before."


def untested_note(one: str, other: str) -> str:
    """That two rows could not be compared."""
    return (
        f"{one} and {other} were not scored on the same images in the same order: they have no "
        "paired test and count as not significantly different."
    )


def _details(distinction: Distinction) -> str:
    details = []
    if distinction.backbone_dtype:
        details.append(f"{distinction.backbone_dtype} backbone")
    if distinction.recipe:
        details.append(f"recipe {distinction.recipe[:8]}")
    if distinction.weights:
        details.append(f"weights {distinction.weights[:8]}")
    return f" ({', '.join(details)})" if details else ""
