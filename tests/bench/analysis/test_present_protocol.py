"""Which protocol a run may claim to follow: the code's own, and only once it is committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.analysis.present_protocol import committed_protocol, present_protocol
from bench.approaches.protocol import FILE, protocol_digest, protocol_of, to_toml
from bench.approaches.student_report import STUDENT_REPORT
from bench.errors import BenchError


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def results(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / FILE).write_text(to_toml(present_protocol()), encoding="utf-8")
    return tmp_path


def test_holds_every_claim_of_the_report():
    assert set(present_protocol()["claims"]) == {
        f"student-report/{claim.name}" for claim in STUDENT_REPORT.claims
    }


def test_only_a_committed_document_counts(results):
    assert committed_protocol(results) is None
    git(results, "add", FILE)
    assert committed_protocol(results) is None
    git(results, "commit", "-q", "-m", "Decide")
    assert committed_protocol(results) == protocol_digest(present_protocol())


def test_a_document_of_other_code_is_refused(results):
    other = protocol_of((), (), seeds={}, tolerances={}, version=1)
    (results / FILE).write_text(to_toml(other), encoding="utf-8")
    with pytest.raises(BenchError, match="is not what the code says"):
        committed_protocol(results)


def test_outside_of_version_control_none_may_be_claimed(tmp_path):
    assert committed_protocol(tmp_path) is None
