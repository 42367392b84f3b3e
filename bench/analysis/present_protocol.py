"""The protocol as the code stands: what new runs would follow, once it is committed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from bench.analysis.verdicts import TOLERANCES
from bench.approaches.claim_sets import CLAIM_SETS
from bench.approaches.protocol import FILE, protocol_digest, protocol_of, written_digest
from bench.approaches.registry import APPROACHES
from bench.approaches.run_key import CODE_VERSION
from bench.errors import BenchError
from bench.planning.request import seeds_of
from bench.planning.tiers import get_tier


def present_protocol() -> dict[str, Any]:
    """The built-in claims and approaches under the full tier.

    What plug-ins add is not the project's to commit, and has no part in it.
    """
    full = get_tier("full")
    return protocol_of(
        CLAIM_SETS,
        APPROACHES,
        seeds={approach.name: seeds_of(approach, full) for approach in APPROACHES},
        tolerances={kind.value: tolerance for kind, tolerance in TOLERANCES.items()},
        version=CODE_VERSION,
    )


def committed_protocol(results: Path) -> str | None:
    """The digest that a run started now may claim to follow; `None` where it may claim none.

    That takes a document in the folder of results that is committed as it is and says what the
    code says.

    Raises:
        BenchError: the document was edited or is of other code.
    """
    path = results / FILE
    written = written_digest(path)
    if written is None:
        return None
    if written != protocol_digest(present_protocol()):
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
