"""The pytest side of the harness: options, and one test for each approach, seed and tier.

A test that takes the fixture `run` is parametrised over the registry; the mark of its tier is on
each. Runs of the smoke tier are always done again, in a temporary folder unless `--results` names
one: their purpose is that everything runs. The other tiers find what is recorded in `results/`.
"""

# ruff: noqa: E402
from __future__ import annotations

from bench.system.foreign_packages import require_own_neighbours

require_own_neighbours()

import io
import os
from contextlib import ExitStack, nullcontext
from functools import cache, partial
from pathlib import Path

import pytest
from rich.console import Console

from bench.approaches.registry import select_approaches
from bench.engines.processes import run_on_cores
from bench.engines.vectorised import train_side_by_side
from bench.errors import BenchError
from bench.planning.plan import Plan, Request, plan, seeds_of
from bench.planning.runs import Run
from bench.planning.tiers import TIERS, get_tier
from bench.progress import events
from bench.progress.terminal import Display
from bench.records.store import RunStore
from bench.system.backend import choose_backend
from bench.system.cores import available_cores
from bench.trackers.registry import get_entry
from datasets import DataError
from models import ModelError

_INPUT_ERRORS = (BenchError, DataError, ModelError)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the harness's options."""
    group = parser.getgroup("bench", "benchmark tiers")
    group.addoption("--dataset", help="data set of the tiers; default: each tier's own")
    group.addoption("--data-dir", type=Path, help="folder or archive of CIFAR-100")
    group.addoption("--weights", help="VGG-19's ImageNet weights: a file, auto or random")
    group.addoption(
        "--approach", action="append", default=[], help="name or shell pattern; repeatable"
    )
    group.addoption("--seeds", type=int, help="how many seeds; default: the tier's")
    group.addoption("--results", type=Path, help="folder of records; default: results/")
    group.addoption("--backbone-dtype", help="bfloat16 or float32, for frozen backbones")
    group.addoption(
        "--tracker",
        action="append",
        default=[],
        help="follow the runs in trackio, mlflow or tensorboard too; repeatable",
    )
    group.addoption("--rerun", action="store_true", help="run again what is recorded")


def pytest_configure(config: pytest.Config) -> None:
    """Fix Keras' backend before any test module imports it, and check the options."""
    try:
        choose_backend()
        select_approaches(tuple(config.getoption("approach")))
        for name in config.getoption("tracker"):
            get_entry(name)
    except _INPUT_ERRORS as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_MATRICES] = _Plans(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Smoke tests run on every core; training and benchmarks have the machine to themselves."""
    expression = config.getoption("markexpr")
    quick = expression in ("smoke", "pages") or expression.startswith("not ")
    return available_cores() if quick else 0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise `run_id` over tiers, approaches and seeds."""
    if "run" not in metafunc.fixturenames:
        return
    config = metafunc.config
    wanted = [mark.args[0] for mark in metafunc.definition.iter_markers("tiers")]
    names = wanted or [tier.name for tier in TIERS]
    cases = []
    for tier in map(get_tier, names):
        for approach in select_approaches(tuple(config.getoption("approach"))):
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
    """Know all runs that tests will ask for, so that some can be done together."""
    asked = (getattr(item, "callspec", None) for item in session.items)
    session.config.stash[_MATRICES].asked = frozenset(
        case.params["run"] for case in asked if case and "run" in case.params
    )


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    """One run of the matrix, not yet done; skipped with the reason where it cannot be."""
    tier, approach, seed = request.param
    plans = request.config.stash[_MATRICES]
    for skip in plans.of(tier).skipped:
        if skip.approach == approach:
            pytest.skip(skip.reason)
    plans.train_together(tier, approach)
    return next(r for r in plans.of(tier).runs if r.approach.name == approach and r.seed == seed)


@pytest.fixture
def matrix(request: pytest.FixtureRequest) -> Plan:
    """All runs of the tier that the test names by indirect parametrisation."""
    return request.config.stash[_MATRICES].of(request.param)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give the trackers the rest, and refresh the leaderboards of the tiers that ran."""
    from bench.leaderboard.markdown import write_leaderboard

    session.config.stash[_MATRICES].close_trackers()
    for store in session.config.stash[_MATRICES].stores():
        if store.folders():
            write_leaderboard(store)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the leaderboards are, and which tracker gave up."""
    for line in terminalreporter.config.stash[_MATRICES].warnings:
        terminalreporter.write_line(line, yellow=True)
    for store in terminalreporter.config.stash[_MATRICES].stores():
        if (store.root / "leaderboard.md").exists():
            terminalreporter.write_line(f"leaderboard: {store.root / 'leaderboard.md'}")


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


class _Plans:
    """The matrix of each tier, planned when its first test asks."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.asked: frozenset[tuple[str, str, int]] = frozenset()
        self.of = cache(self._plan)
        self.train_together = cache(self._train_together)
        self._on_cores = cache(self._run_on_cores)
        self._planned: list[Plan] = []
        self._trackers = ExitStack()
        self.close_trackers = self._trackers.close
        self.warnings: list[str] = []

    def stores(self) -> list[RunStore]:
        roots = {run.context.store.root for matrix in self._planned for run in matrix.runs}
        return [RunStore(root) for root in sorted(roots)]

    def _train_together(self, tier: str, approach: str) -> None:
        """Do what gains by company before the first test that asks; each test then finds its run.

        Smoke tests and reruns are for doing each by itself.
        """
        if tier != "smoke" and not self._config.getoption("rerun"):
            self._on_cores(tier)
            train_side_by_side([r for r in self._asked_runs(tier) if r.approach.name == approach])

    def _run_on_cores(self, tier: str) -> None:
        run_on_cores(self._asked_runs(tier), partial(plan, self._request(tier)))

    def _asked_runs(self, tier: str) -> list[Run]:
        return [r for r in self.of(tier).runs if (tier, r.approach.name, r.seed) in self.asked]

    def _plan(self, tier: str) -> Plan:
        from bench.trackers.listener import following

        request = self._request(tier)
        shown = Display(Console(file=_Lines(self._config))) if tier != "smoke" else None
        try:
            tell = self._trackers.enter_context(
                following(
                    tuple(self._config.getoption("tracker")), request.results, self.warnings.append
                )
            )
            matrix = plan(request, events.broadcast(shown, tell) if shown else tell)
        except _INPUT_ERRORS as error:
            pytest.exit(str(error), returncode=2)
        if shown:
            shown.show_plan(matrix)
        self._planned.append(matrix)
        return matrix

    def _request(self, tier: str) -> Request:
        option = self._config.getoption
        results = option("results")
        if results is None:
            results = self._temporary() if tier == "smoke" else self._config.rootpath / "results"
        return Request(
            tier=tier,
            approaches=tuple(option("approach")),
            seeds=option("seeds"),
            dataset=option("dataset"),
            data_dir=option("data_dir"),
            weights=option("weights"),
            backend=os.environ["KERAS_BACKEND"],
            results=results,
            rerun=option("rerun"),
            backbone_dtype=option("backbone_dtype"),
        )

    def _temporary(self) -> Path:
        factory: pytest.TempPathFactory = self._config._tmp_path_factory  # type: ignore[attr-defined]
        return factory.mktemp("smoke-results")


_MATRICES = pytest.StashKey[_Plans]()
