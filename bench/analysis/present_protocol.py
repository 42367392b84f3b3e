"""The protocol as the code stands: what new runs would follow, once it is committed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from bench.analysis.verdicts import TOLERANCES
from bench.approaches.claim_sets import CLAIM_SETS
from bench.approaches.claims import ClaimSet
from bench.approaches.protocol import FILE, protocol_digest, protocol_of, written_digest
from bench.approaches.registry import installed_approaches
from bench.approaches.run_key import CODE_VERSION
from bench.errors import BenchError
from bench.planning.request import seeds_of
from bench.planning.tiers import get_tier


def file_of(report: ClaimSet) -> str:
    """Name of the document that holds a report's protocol, in a folder of results."""
    return FILE if report in CLAIM_SETS else f"protocol-{report.name}.toml"


def present_protocol(report: ClaimSet = CLAIM_SETS[0]) -> dict[str, Any]:
    """The claims and approaches of a report under the full tier; no other report has part in it.

    Raises:
        BenchError: an approach that it names is not there.
    """
    full, known = get_tier("full"), installed_approaches()
    approaches = [known.get(name) for name in report.approaches]
    return protocol_of(
        (report,),
        approaches,
        seeds={approach.name: seeds_of(approach, full) for approach in approaches},
        tolerances={kind.value: tolerance for kind, tolerance in TOLERANCES.items()},
        version=CODE_VERSION,
    )


def committed_protocol(results: Path, report: ClaimSet = CLAIM_SETS[0]) -> str | None:
    """The digest that a run started now may claim to follow; `None` where it may claim none.

    That takes a document in the folder of results that is committed as it is and says what the
    code says.

    Raises:
        BenchError: the document was edited or is of other code.
    """
    path = results / file_of(report)
    written = written_digest(path)
    if written is None:
        return None
    if written != protocol_digest(present_protocol(report)):
        raise BenchError(
            f"{path} is not what the code says; run `bench protocol` and commit it before the runs"
        )
    return written if _is_committed(path) else None


def _is_committed(path: Path) -> bool:
    def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["git", *arguments, "--", path.name], cwd=path.parent, capture_output=True, check=False
        )

    try:
        listed = git("ls-files", "--error-unmatch").returncode == 0
        return listed and git("diff", "--quiet", "HEAD").returncode == 0
    except OSError:
        return False
