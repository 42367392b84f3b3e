"""What is handed to SLURM: keys alone, what is missing alone, and limits in minutes."""

import pickle
from pathlib import Path

import pytest

from bench.engines.bundles import bundles
from bench.engines.cluster import ClusterOptions, minutes_of
from bench.engines.jobs import read_job, waiting_keys, write_jobs
from bench.engines.slurm import _parameters, script
from bench.engines.slurm_task import RunKeys
from bench.engines.steps import Step
from bench.errors import BenchError
from bench.planning.tiers import get_tier
from tests.support.factories import make_predictions, make_record
from tests.support.tiny import make_run, make_session


def steps(*runs: object) -> list[Step]:
    return [Step(run, asked=True, needed=False) for run in runs]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("5", 5), ("2:00:00", 120), ("0:30", 1), ("90:10", 91), ("1-0", 1440), ("1-02:03", 1563)],
)
def test_limits_are_read_as_slurm_reads_them(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "two hours", "-5", "1:2:3:4"])
def test_bad_limits_are_refused(text: str) -> None:
    with pytest.raises(BenchError, match="is no limit"):
        minutes_of(text)


def test_short_runs_share_a_job_and_full_ones_do_not() -> None:
    full = get_tier("full")
    short = bundles(steps(*(make_run("basic_cnn", seed) for seed in range(10))))
    alone = bundles(steps(*(make_run("basic_cnn", seed, tier=full) for seed in range(3))))
    assert [len(group) for group in short] == [8, 2]
    assert [len(group) for group in alone] == [1, 1, 1]


def test_no_array_has_more_jobs_than_slurm_allows() -> None:
    full = get_tier("full")
    runs = [make_run("basic_cnn", seed, tier=full) for seed in range(2001)]
    jobs = bundles(steps(*runs))
    assert len(jobs) == 667
    assert [key for job in jobs for key in job] == [run.key for run in runs]


def test_network_comes_before_its_forest_in_one_job() -> None:
    full = get_tier("full")
    network, forest = (make_run(name, 0, tier=full) for name in ("vgg19_linear", "vgg19_forest"))
    other = make_run("basic_cnn", tier=full)
    assert bundles(steps(network, other, forest)) == [[network.key, forest.key], [other.key]]


def test_script_holds_what_is_missing_alone(tmp_path: Path) -> None:
    options = ClusterOptions(partition="all", gpus=1, minutes=5)
    session = make_session(tmp_path, cluster=options)
    runs = [make_run("basic_cnn", seed) for seed in range(2)]
    record = make_record(key=runs[0].key, approach="basic_cnn", seed=0)
    session.store.write(session.folder(runs[0]), record, make_predictions())
    text = script(steps(*runs), session)
    assert runs[1].key in text
    assert runs[0].key not in text
    for line in ("--array=0-0", "--partition=all", "--gpus-per-node=1", "--time=5", "--requeue"):
        assert f"#SBATCH {line}\n" in text
    session.store.write(
        session.folder(runs[1]),
        replace_key(record, runs[1].key),
        make_predictions(),
    )
    with pytest.raises(BenchError, match="nothing to submit"):
        script(steps(*runs), session)


def replace_key(record: object, key: str) -> object:
    return record.model_copy(update={"key": key, "seed": 1})


def test_limit_of_a_run_travels_with_its_job(tmp_path: Path) -> None:
    session = make_session(tmp_path, timeout=90.0)
    write_jobs(steps(make_run("basic_cnn")), session)
    (key,) = waiting_keys(session.store)
    assert read_job(session.store, key)[1].timeout == 90


def test_warning_comes_well_before_a_limit_under_ten_minutes() -> None:
    assert _parameters(ClusterOptions(minutes=2), 1)["signal_delay_s"] == 30
    assert _parameters(ClusterOptions(minutes=120), 1)["signal_delay_s"] == 90


def test_what_is_pickled_is_a_name_and_strings() -> None:
    text = pickle.dumps((RunKeys(), ["abc"], "results"))
    assert b"RunKeys" in text
    assert len(text) < 200


def test_requeued_job_leaves_out_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench.engines import slurm_task

    session = make_session(tmp_path)
    run = make_run("basic_cnn")
    write_jobs(steps(run), session)
    done: list[str] = []
    monkeypatch.setattr(slurm_task, "do", lambda store, key: done.append(key) or True)
    RunKeys()(["0" * 12, run.key], str(session.store.root))
    assert done == [run.key]
