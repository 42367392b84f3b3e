"""All runs in this process: a run that fails is told, and the others go on."""

import dataclasses
from pathlib import Path

import pytest

from bench.engines.carry_out import carry_out
from bench.engines.inline import InlineEngine
from bench.engines.jobs import read_job, remove_job, waiting_keys, write_jobs
from bench.engines.session import Session
from bench.engines.steps import perform, steps_of
from bench.errors import BenchError, RunError
from bench.estimators.network import NetworkEstimator
from bench.planning.plan import Plan
from bench.progress import events
from tests.support.tiny import make_run, make_session, register

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return make_session(tmp_path)


@pytest.fixture
def _seed_1_fails(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    fit = NetworkEstimator.fit

    def fail(self, task):
        if task.run.seed == 1:
            raise request.param
        return fit(self, task)

    monkeypatch.setattr(NetworkEstimator, "fit", fail)


@pytest.mark.parametrize(
    ("_seed_1_fails", "reason"),
    [
        (RunError("loss is NaN after epoch 1"), "loss is NaN after epoch 1"),
        (ValueError("two\nlines"), "ValueError: two lines"),
    ],
    indirect=["_seed_1_fails"],
    ids=["by its own words", "by any error"],
)
@pytest.mark.promise("a run in this process fails", "its reason is kept; the others are recorded")
def test_failed_run_has_its_reason_and_the_others_their_records(
    _seed_1_fails: None, reason: str, session: Session
) -> None:
    heard: list[events.Event] = []
    runs = tuple(make_run(seed=seed) for seed in range(3))
    refreshed: list[None] = []
    result = carry_out(
        Plan(runs),
        dataclasses.replace(session, listener=heard.append),
        InlineEngine(),
        lambda: refreshed.append(None),
    )
    assert set(result.records) == {runs[0].key, runs[2].key}
    assert result.failed == {runs[1].key: reason}
    assert events.RunFailed(runs[1], reason) in heard
    assert len(refreshed) == 2


@pytest.mark.parametrize("_seed_1_fails", [BenchError("no room; free some")], indirect=True)
@pytest.mark.promise("bad input is found between two runs", "one line; what was finished stays")
def test_bad_input_ends_the_plan_and_what_was_finished_stays(
    _seed_1_fails: None, session: Session
) -> None:
    runs = tuple(make_run(seed=seed) for seed in range(3))
    with pytest.raises(BenchError, match=r"^no room; free some$"):
        carry_out(Plan(runs), session, InlineEngine())
    assert [session.find(run) is not None for run in runs] == [True, False, False]


def test_run_can_be_done_by_its_key_alone(session: Session) -> None:
    planned = Plan((make_run(), make_run(seed=1)))
    keys = write_jobs(steps_of(planned, session), session)
    assert keys == [run.key for run in planned.runs]
    step, elsewhere = read_job(session.store, keys[1])
    assert step.run == planned.runs[1]
    record = perform(step, elsewhere)
    assert record == session.find(planned.runs[1])
    remove_job(session.store, keys[1])
    assert waiting_keys(session.store) == [keys[0]]
    assert write_jobs(steps_of(planned, session), session) == [keys[0]]


@pytest.mark.parametrize(
    ("key", "content", "message"),
    [
        ("0123456789ab", None, "no run '0123456789ab' waits in .*; plan it with `bench run`"),
        ("../../record", None, "is no key of a run"),
        ("0123456789ab", "{", "is damaged"),
        ("0123456789ab", '{"step": 3}', "plan it again"),
        ("0123456789ab", '{"step": {"run": {}, "asked": 1, "needed": 0}}', "plan it again"),
    ],
    ids=["absent", "a path", "no JSON", "no step", "no run"],
)
@pytest.mark.promise("a job file is damaged", "refused in one line")
def test_bad_job_is_refused_in_one_line(
    session: Session, key: str, content: str | None, message: str
) -> None:
    if content is not None:
        folder = session.store.root / "plans"
        folder.mkdir(parents=True)
        (folder / f"{key}.json").write_text(content)
    with pytest.raises(BenchError, match=message):
        read_job(session.store, key)
