"""The reports that are known, as sets of claims: the built-in one, and those of packages."""

from __future__ import annotations

from functools import cache

from bench.approaches.claims import ClaimSet
from bench.approaches.student_report import STUDENT_REPORT
from bench.registry import Registry, load_registry
from datasets.registry import PREFERRED

CLAIM_SETS: tuple[ClaimSet, ...] = (STUDENT_REPORT,)
GROUP = "cifar100_bench.claims"


@cache
def installed_claim_sets() -> Registry[ClaimSet]:
    """The built-in sets of claims, then those of installed packages."""
    return load_registry("claim set", CLAIM_SETS, ClaimSet, GROUP)


def report_of(approach: str) -> ClaimSet | None:
    """The first report that speaks of an approach; `None` where none does."""
    return next((found for found in installed_claim_sets() if approach in found.approaches), None)


def dataset_of_report(approach: str) -> str:
    """The data set whose test images the documented numbers of an approach speak of."""
    report = report_of(approach)
    return report.dataset if report else PREFERRED
