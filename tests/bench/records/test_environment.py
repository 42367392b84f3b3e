"""The code that a run came from is the code at its start."""

from __future__ import annotations

import subprocess

import pytest

from bench.errors import BenchError
from bench.records import environment
from bench.records.environment import Provenance, describe_environment, require_clean_tree
from tests.support.factories import make_record


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository with one commit, in which the harness believes to lie."""
    (tmp_path / "bench" / "records").mkdir(parents=True)
    (tmp_path / "results").mkdir()
    monkeypatch.setattr(environment, "__file__", str(tmp_path / "bench/records/environment.py"))

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        done = subprocess.run(
            ["git", "-C", tmp_path, *who, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    for name in ("code.py", "results/page.md"):
        (tmp_path / name).write_text("one")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    return tmp_path, git


def test_the_code_is_asked_for_each_time(checkout):
    folder, git = checkout
    first = environment.provenance()
    assert first == Provenance(git("rev-parse", "HEAD"), dirty=False)
    (folder / "results/page.md").write_text("a run writes pages")
    assert environment.provenance() == first
    (folder / "code.py").write_text("two")
    assert environment.provenance() == Provenance(first.commit, dirty=True)
    git("commit", "-qam", "two")
    assert environment.provenance().commit not in (None, first.commit)


def test_what_was_there_at_the_start_is_kept(checkout):
    folder, _ = checkout
    start = environment.provenance()
    (folder / "code.py").write_text("changed while it ran")
    found = describe_environment(start, threads=1)
    assert (found.commit, found.dirty, found.threads) == (start.commit, False, 1)


def test_a_dirty_tree_is_refused_unless_allowed():
    dirty = Provenance("0123456789", dirty=True)
    with pytest.raises(BenchError, match=r"differ from commit 01234567.*--allow-dirty"):
        require_clean_tree(dirty)
    require_clean_tree(dirty, allow_dirty=True)
    require_clean_tree(Provenance("0123456789", dirty=False))
    require_clean_tree(Provenance(None, None))


@pytest.mark.parametrize(("dirty", "refused"), [(True, True), (False, False), (None, False)])
def test_a_record_of_a_dirty_tree_carries_no_verdict(dirty, refused):
    record = make_record()
    found = record.environment.model_copy(update={"dirty": dirty})
    reason = record.model_copy(update={"environment": found}).verdict_refusal
    assert (reason is not None) == refused
