"""The pytest side of the harness: options, and one test for each approach, seed and tier.

A test that takes the fixture `run` is parametrised over the registry; the mark of its tier is on
each. Runs of the smoke tier are always done again, in a temporary folder unless `--results` names
one: their purpose is that everything runs. Those of the other tiers are done together before the
first test that asks, by the same engine as `bench run`, and found where they are recorded.
"""

# ruff: noqa: E402
from __future__ import annotations

from bench.system.foreign_packages import require_own_neighbours

require_own_neighbours()

import argparse
import io
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression
from rich.console import Console

from bench.approaches.approach import Approach
from bench.approaches.registry import installed_approaches
from bench.engines.carry_out import Result, carry_out
from bench.engines.inline import InlineEngine
from bench.engines.local import LocalEngine
from bench.engines.session import Session, protocols_of
from bench.errors import BenchError
from bench.leaderboard import tier_summary
from bench.pages.sections import Section
from bench.planning.plan import Plan, plan
from bench.planning.request import Request, choose, seeds_of
from bench.planning.run_spec import RunSpec
from bench.planning.tiers import TIERS, get_tier
from bench.progress import events
from bench.progress.terminal import Display
from bench.records.opening import OWN, open_store
from bench.records.record import RunRecord
from bench.records.store import RunStore
from bench.system.backend import choose_backend
from bench.system.cores import available_cores
from bench.trackers.listener import following
from bench.trackers.registry import get_entry
from datasets import DataError
from models import ModelError

_INPUT_ERRORS = (BenchError, DataError, ModelError)
# Tests with these marks have the machine to themselves.
_ALONE = ("short", "full", "benchmark", "tracker", "processes")


@dataclass(frozen=True)
class TierRun:
    """One finished run of a tier.

    Attributes:
        run: what was done.
        record: what came of it.
        store: where it is kept.
        folder: its own.
        approach: what was documented of it.
    """

    run: RunSpec
    record: RunRecord
    store: RunStore
    folder: Path
    approach: Approach


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the harness's options."""
    group = parser.getgroup("bench", "benchmark tiers")
    group.addoption("--dataset", help="of the tiers, as `bench run` takes it; default: their own")
    group.addoption("--data-dir", type=Path, help="where the data set's images are")
    group.addoption("--weights", help="VGG-19's ImageNet weights: a file, auto or random")
    group.addoption(
        "--approach", action="append", default=[], help="name or shell pattern; repeatable"
    )
    group.addoption("--seeds", type=int, help="how many seeds; default: the tier's")
    group.addoption("--results", type=Path, help="folder of records; default: runs/")
    group.addoption(
        "--backbone-dtype", dest="backbone_dtype", help="bfloat16 or float32, for frozen backbones"
    )
    # The name of the release before; gone with the next.
    group.addoption("--trunk-dtype", dest="backbone_dtype", help=argparse.SUPPRESS)
    group.addoption("--fresh", dest="rerun", action="store_true", help=argparse.SUPPRESS)
    group.addoption(
        "--tracker",
        action="append",
        default=[],
        help="follow the runs in trackio, mlflow or tensorboard too; repeatable",
    )
    group.addoption("--rerun", dest="rerun", action="store_true", help="run again what is recorded")


def pytest_configure(config: pytest.Config) -> None:
    """Fix Keras' backend before any test module imports it, and check the options."""
    try:
        choose_backend()
        known = installed_approaches()
        for tier in TIERS:
            choose(_request(config, tier.name), known)
        for name in config.getoption("tracker"):
            get_entry(name)
    except _INPUT_ERRORS as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_HARNESS] = _Harness(config)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Quick tests run on every core; training and benchmarks have the machine to themselves."""
    expression = config.getoption("markexpr")
    selected = Expression.compile(expression).evaluate if expression else lambda matcher: True
    alone = any(selected(lambda name, /, mark=mark, **_: name == mark) for mark in _ALONE)
    return 0 if alone else available_cores()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise `run` over tiers, approaches and seeds."""
    if "run" not in metafunc.fixturenames:
        return
    config = metafunc.config
    wanted = [name for mark in metafunc.definition.iter_markers("tiers") for name in mark.args]
    cases = []
    for tier in map(get_tier, wanted or [tier.name for tier in TIERS]):
        chosen = choose(_request(config, tier.name), installed_approaches())
        for approach in chosen.approaches:
            for seed in range(seeds_of(approach, tier, config.getoption("seeds"))):
                cases.append(
                    pytest.param(
                        (tier.name, approach.name, seed),
                        id=f"{tier.name}-{approach.name}-seed{seed}",
                        marks=getattr(pytest.mark, tier.name),
                    )
                )
    metafunc.parametrize("run", cases, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs come first: where files are shared out among workers, the longest must not be last."""
    items.sort(key=lambda item: "run" not in getattr(item, "fixturenames", ()))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Know all runs that tests will ask for, so that they can be done together."""
    asked = (getattr(item, "callspec", None) for item in session.items)
    session.config.stash[_HARNESS].asked = frozenset(
        case.params["run"] for case in asked if case and "run" in case.params
    )


@pytest.fixture
def run(request: pytest.FixtureRequest) -> TierRun:
    """One run of a tier, done; skipped with the reason where it cannot be."""
    tier, approach, seed = request.param
    done = request.config.stash[_HARNESS].finished(tier, approach, seed)
    # With the test's report it reaches JUnit, and the process that only collects the results.
    request.node.user_properties += [
        *(("tier", tier), ("approach", approach), ("seed", seed)),
        ("test_accuracy", done.record.test.accuracy),
    ]
    return done


@pytest.fixture
def tier_records(request: pytest.FixtureRequest) -> dict[str, list[RunRecord]]:
    """The records of a tier by approach; the test names the tier by indirect parametrisation."""
    return request.config.stash[_HARNESS].records(request.param)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give the trackers the rest."""
    session.config.stash[_HARNESS].close_trackers()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what ran with its scores, say where the leaderboards are, and which tracker gave up."""
    harness = terminalreporter.config.stash[_HARNESS]
    for line in harness.warnings:
        terminalreporter.write_line(line, yellow=True)
    parts, places = harness.summary()
    smoke = _scores("smoke", chain.from_iterable(terminalreporter.stats.values()))
    if smoke:
        parts = [*parts, tier_summary.of_scores("smoke", smoke)]
    for part in parts:
        for line in tier_summary.lines(part):
            terminalreporter.write_line(line)
    for place in places:
        terminalreporter.write_line(f"leaderboard: {place}")
    tier_summary.publish(parts)


def _scores(tier: str, reports: Iterable[object]) -> dict[str, list[float]]:
    """Test accuracies of a tier's runs by approach, as the tests' reports have them."""
    found: dict[tuple[str, int], float] = {}
    for report in reports:
        told = dict(getattr(report, "user_properties", ()))
        if told.get("tier") == tier:
            found[told["approach"], told["seed"]] = told["test_accuracy"]
    by_approach: dict[str, list[float]] = {}
    for (approach, _), score in sorted(found.items(), key=lambda one: -one[1]):
        by_approach.setdefault(approach, []).append(score)
    return by_approach


class _Lines(io.StringIO):
    """A file whose lines appear on pytest's terminal while a test runs, captured or not."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__()
        self._plugins = config.pluginmanager
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        reporter = self._plugins.get_plugin("terminalreporter")
        capture = self._plugins.get_plugin("capturemanager")
        if lines and reporter:
            with capture.global_and_fixture_disabled() if capture else nullcontext():
                for line in lines:
                    reporter.write_line(line)
                reporter.flush()
        return len(text)


class _Harness:
    """The plan of each tier, and what became of it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.asked: frozenset[tuple[str, str, int]] = frozenset()
        self.warnings: list[str] = []
        self._planned: Callable[[str], tuple[Plan, Session]] = cache(self._plan)
        self._carried_out: Callable[[str], Result] = cache(self._carry_out)
        self._smoke: dict[str, RunRecord] = {}
        self._trackers = ExitStack()
        self.close_trackers = self._trackers.close
        self._finished: dict[str, list[RunRecord]] = {}

    def finished(self, tier: str, approach: str, seed: int) -> TierRun:
        planned, session = self._planned(tier)
        for skip in planned.skipped:
            if skip.approach == approach:
                pytest.skip(skip.reason)
        spec = next(r for r in planned.runs if (r.approach, r.seed) == (approach, seed))
        record = self._smoked(spec, session) if tier == "smoke" else self._found(tier, spec)
        found = session.store.find(session.folder(spec))
        assert found is not None
        return TierRun(spec, record, session.store, found[0], installed_approaches().get(approach))

    def records(self, tier: str) -> dict[str, list[RunRecord]]:
        done = self._carried_out(tier).records
        by_approach: dict[str, list[RunRecord]] = {}
        for spec in self._planned(tier)[0].runs:
            if spec.key in done:
                by_approach.setdefault(spec.approach, []).append(done[spec.key])
        return by_approach

    def summary(self) -> tuple[list[Section], list[Path]]:
        """What the tiers that were done together came to, and their leaderboards."""
        from bench.leaderboard.files import MARKDOWN, write_leaderboard

        parts: list[Section] = []
        places: list[Path] = []
        for tier, records in self._finished.items():
            store = self._planned(tier)[1].store
            parts += map(tier_summary.of_section, write_leaderboard(store).sections_of(records))
            places.append(store.root / MARKDOWN)
        return parts, places

    def _smoked(self, spec: RunSpec, session: Session) -> RunRecord:
        """Each smoke run by itself, in this process, once."""
        if spec.key not in self._smoke:
            result = carry_out(Plan((spec,)), session, InlineEngine())
            self._smoke |= result.records
            if spec.key in result.failed:
                pytest.fail(result.failed[spec.key])
        return self._smoke[spec.key]

    def _found(self, tier: str, spec: RunSpec) -> RunRecord:
        result = self._carried_out(tier)
        if spec.key in result.failed:
            pytest.fail(result.failed[spec.key])
        return result.records[spec.key]

    def _carry_out(self, tier: str) -> Result:
        planned, session = self._planned(tier)
        asked = [r for r in planned.runs if (tier, r.approach, r.seed) in self.asked]
        try:
            result = carry_out(replace(planned, runs=tuple(asked)), session, LocalEngine())
        except _INPUT_ERRORS as error:
            pytest.exit(str(error), returncode=2)
        self._finished[tier] = list(result.records.values())
        return result

    def _plan(self, tier: str) -> tuple[Plan, Session]:
        shown = Display(Console(file=_Lines(self._config))) if tier != "smoke" else None
        store = open_store(self._results(tier))
        option = self._config.getoption
        try:
            planned = plan(_request(self._config, tier), installed_approaches())
            tell = self._trackers.enter_context(
                following(tuple(option("tracker")), store.root, self.warnings.append)
            )
        except _INPUT_ERRORS as error:
            pytest.exit(str(error), returncode=2)
        if shown:
            shown.show_plan(planned)
        session = Session(
            store,
            listener=events.broadcast(shown, tell) if shown else tell,
            rerun=option("rerun"),
        )
        if planned.setting:
            session = replace(
                session,
                sources=planned.setting.sources,
                protocols=protocols_of(planned, store.root),
            )
        return planned, session

    def _results(self, tier: str) -> Path:
        asked: Path | None = self._config.getoption("results")
        if asked is None and tier == "smoke":
            factory: pytest.TempPathFactory = self._config._tmp_path_factory  # type: ignore[attr-defined]
            return factory.mktemp("smoke-results")
        return asked or OWN


def _request(config: pytest.Config, tier: str) -> Request:
    option = config.getoption
    return Request(
        tier=tier,
        approaches=tuple(option("approach")),
        seeds=option("seeds"),
        dataset=option("dataset"),
        data_dir=option("data_dir"),
        weights=option("weights"),
        backend=os.environ["KERAS_BACKEND"],
        backbone_dtype=option("backbone_dtype"),
    )


_HARNESS = pytest.StashKey[_Harness]()
