"""The leaderboard's words: headings, legends and notes, as plain text for any format."""

from __future__ import annotations

from bench.analysis.grouping import Distinction
from bench.leaderboard.model import Row, Section
from bench.pages.words import counted, enumerated
from bench.planning.keys import CODE_VERSION

TITLE = "Leaderboard"
UNREGISTERED = "†"
HOW_TO_READ = "How to read it"

LEGEND = (
    "Measured is the mean test accuracy ± its 95 % interval over seeds (Student's t; one seed has "
    "none) and SD the standard deviation over seeds; test set is the 95 % Wilson interval of that "
    "mean, for these images being a sample. Verdict says whether the documented number, itself "
    "one draw on so many images and rounded, lies within the 95 % prediction interval of a new "
    "run (reproduced), below it (exceeded) or above it (not reproduced); inconclusive means that "
    "it lies within an interval that is wider than the claim's tolerance, fitted that the recipe "
    "was chosen by looking at the number, undecided that there are fewer than three seeds. Only "
    "the full tier on the real images, under a protocol that was committed before, has one. "
    "Resolution is the smallest true difference that would have been called not reproduced with "
    "80 % power. Rank follows the means; rows that are not significantly different "
    "from the best of their rank (paired test on the same images, Holm's correction over all "
    'pairs) share it, marked "=". Training is the mean time of a run, without reading the frozen '
    "backbone's features. docs/method.md gives the rules and their sources."
)
UNREGISTERED_LEGEND = (
    f"{UNREGISTERED} not in the registry today, or there with another recipe than this row ran "
    "with."
)
CLAIMS_TITLE = "Every claim"
CLAIMS_LEGEND = (
    "Measured is what carries the verdict: of numbers the mean over seeds ± its 95 % interval, of "
    "differences and words the most telling fact. Other readings are of the same trainings: the "
    "weights after the last or the best epoch (lowest validation loss), and training scores while "
    "fitting or after training. Not informative is what could not have come out otherwise: "
    "parameter counts, and epochs that the recipe sets; the counts above leave it out."
)
EMPTY = (
    "There is no run yet. `bench run --tier short` runs every approach on a part of the images "
    "in minutes, `tox -e full` runs the documented protocols in hours; this page follows by itself."
)
PUBLISHED_TITLE = "Published, not run here"
PUBLISHED_LEGEND = (
    "What others report for CIFAR-100's test set, as their sources state it; no run of this "
    "project verified it. Extra training data is whatever was trained on besides CIFAR-100."
)


def row_label(approach: str, distinction: Distinction) -> str:
    """The approach's name with what sets the row apart, on one backend and device."""
    return f"{approach}{_details(distinction)}"


def row_title(title: str, distinction: Distinction) -> str:
    """A title or a name with whatever tells the row from all others of its section."""
    machine = f" ({', '.join(distinction.machine)})" if distinction.machine else ""
    return f"{title}{_details(distinction)}{machine}"


def marked(name: str, row: Row) -> str:
    """A name with the mark of a recipe that is not the registry's."""
    return name if row.registered else f"{name} {UNREGISTERED}"


def heading(section: Section) -> str:
    """What a section is, in one line."""
    name = "CIFAR-100" if section.dataset == "cifar100" else section.dataset
    kind = " (synthetic images)" if section.synthetic else ""
    backbone = ", random backbone: says nothing about accuracy" if section.random_backbone else ""
    earlier = "" if section.code_version == CODE_VERSION else ", before the protocol"
    return f"{name}{kind}, {section.tier} tier{backbone}{earlier}"


def provenance(section: Section) -> tuple[str, ...]:
    """Where a section's numbers come from: images, tier, weights, machines, software."""
    capped = [
        f"{name.replace('_', ' ')} {value}"
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
        f"Ran on: {'; '.join(section.machines)}",
        f"With: {'; '.join(section.software)}",
    )


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


def reading(weights: str, fitting: bool) -> str:
    """Which weights and training scores, in words."""
    return f"{weights} epoch{', while fitting' if fitting else ', after training'}"


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
