"""The sets of claims that are known: the built-in one, and those of installed packages."""

from __future__ import annotations

from functools import cache

from bench.approaches.claims import ClaimSet
from bench.approaches.student_report import STUDENT_REPORT
from bench.registry import Registry, load_registry

CLAIM_SETS: tuple[ClaimSet, ...] = (STUDENT_REPORT,)
GROUP = "cifar100_bench.claims"


@cache
def installed_claim_sets() -> Registry[ClaimSet]:
    """The built-in sets of claims, then those of installed packages."""
    return load_registry("claim set", CLAIM_SETS, ClaimSet, GROUP)
