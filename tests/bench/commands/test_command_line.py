"""The command line as a user meets it: what works, and what is wrong with one clear line."""

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bench.system.devices import device_line
from models.conformance import load_table
from tests.support.report_factories import made_up_images

pytestmark = pytest.mark.usefixtures("eager")

ROOT = Path(__file__).parents[3]
RUN = ("run", "--tier", "smoke", "--approach", "basic_cnn")


def record_of(results: Path) -> Path:
    return next(results.rglob("record.json"))


def test_run_writes_record_and_leaderboard_and_shows_them(bench, tmp_path: Path) -> None:
    # In this process, whose models need no compiler.
    code, out, err = bench(*RUN, "--engine", "inline", "--results", tmp_path)
    assert code == 0
    assert "basic_cnn" in out
    assert "1/1" in err
    assert "Basic CNN" in (tmp_path / "leaderboard.md").read_text()
    assert json.loads(record_of(tmp_path).read_text())["approach"] == "basic_cnn"
    assert not list(tmp_path.rglob("checkpoint.npz"))


def test_second_run_finds_the_first(bench, results: Path) -> None:
    before = record_of(results).read_bytes()
    code, _, err = bench(*RUN, "--results", results)
    assert (code, record_of(results).read_bytes()) == (0, before)
    assert "recorded before" in err


def test_leaderboard_is_rebuilt_from_the_records(bench, results: Path) -> None:
    expected = (results / "leaderboard.md").read_bytes()
    (results / "leaderboard.md").unlink()
    assert bench("leaderboard", "--results", results)[0] == 0
    assert (results / "leaderboard.md").read_bytes() == expected


def test_leaderboard_is_printed_for_programs_and_nothing_is_written(bench, results: Path) -> None:
    expected = (results / "leaderboard.json").read_text()
    for name in ("leaderboard.md", "leaderboard.json", "leaderboard.csv"):
        (results / name).unlink()
    before = sorted(results.rglob("*"))
    assert bench("leaderboard", "--json", "--results", results) == (0, expected, "")
    assert sorted(results.rglob("*")) == before


def test_verify_proves_honest_results(bench, results: Path) -> None:
    code, out, _ = bench("verify", "--results", results)
    assert code == 0
    assert out.startswith("verified: 1 record and 0 set aside")


def test_verify_finds_a_polished_score(bench, results: Path) -> None:
    path = record_of(results)
    record = json.loads(path.read_text())
    record["test"]["accuracy"] = 0.99
    path.write_text(json.dumps(record))
    code, out, err = bench("verify", "--results", results)
    assert (code, err) == (1, "")
    assert "0.99" in out
    assert re.fullmatch(r"1 problem found|\d+ problems found", out.splitlines()[-1])


def test_verify_writes_json(bench, results: Path) -> None:
    code, out, _ = bench("verify", "--json", "--results", results)
    sound = json.loads(out)
    assert (code, sound["verified"], sound["runs"], sound["problems"]) == (0, True, 1, [])
    head = next(iter(sound["ledger_heads"].values()))
    entry = json.loads((results / "ledger.jsonl").read_text().splitlines()[-1])
    assert head == entry["hash"]
    code, _, _ = bench("verify", "--results", results, "--ledger-head", head[:16])
    assert code == 0
    wanted = ("--ledger-head", "0" * 64)
    code, out, _ = bench("verify", "--json", "--results", results, *wanted)
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["what"], problem["expected"]) == (1, "published head", "0" * 64)


def test_verify_holds_images_against_their_contract(bench, results: Path, monkeypatch) -> None:
    images = made_up_images(n=100)
    monkeypatch.setattr("bench.planning.datasets.load_dataset", lambda *_, **__: images)
    code, out, _ = bench("verify", "--results", results, "--dataset", "cifar100")
    assert code == 1
    assert "identity_is_true: the fingerprint is not that of the samples" in out


def test_verify_holds_models_against_their_tables(bench, results: Path, monkeypatch) -> None:
    whole = load_table("basic_cnn")
    other = dataclasses.replace(whole, parameters=whole.parameters + 1)
    monkeypatch.setattr("models.conformance.list_tables", lambda: ("basic_cnn",))
    assert bench("verify", "--models", "--results", results)[0] == 0
    monkeypatch.setattr("models.conformance.load_table", lambda name: other)
    code, out, _ = bench("verify", "--models", "--results", results)
    assert code == 1
    assert str(whole.parameters) in out


def test_empty_results_are_not_verified(bench, tmp_path: Path) -> None:
    code, out, _ = bench("verify", "--results", tmp_path)
    assert code == 1
    assert "expected at least one run, found none" in out


@pytest.mark.parametrize(
    "what", ["approaches", "ablations", "tiers", "datasets", "models", "trackers"]
)
def test_list_shows_the_registry(bench, what: str) -> None:
    code, out, _ = bench("list", what)
    assert code == 0
    entry = {
        "approaches": "vgg19_96_forest",
        "ablations": "cnn-optimizer",
        "tiers": "full",
        "datasets": "shapes100",
        "models": "improved_cnn",
        "trackers": "trackio",
    }[what]
    assert entry in out


def test_list_prints_json_for_programs(bench) -> None:
    code, out, _ = bench("list", "tiers", "--json")
    assert code == 0
    assert [entry["name"] for entry in json.loads(out)] == ["smoke", "short", "full"]


def test_list_of_trackers_shows_the_whole_command_that_installs_one(bench) -> None:
    _, out, _ = bench("list", "trackers")
    for extra in ("trackio", "mlflow", "tensorboard"):
        assert f'pip install -e ".[{extra}]"' in out


def test_list_is_not_cut_where_a_program_reads_it(bench) -> None:
    _, out, _ = bench("list", "ablations")
    assert "…" not in out
    assert all(line.split()[1].isdecimal() for line in out.splitlines()[1:] if line.strip())


def test_version_is_that_of_the_project(bench) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    code, out, _ = bench("--version")
    assert (code, out) == (0, f"bench {project['version']}\n")


def test_shell_completion_knows_the_commands_and_what_can_be_listed() -> None:
    def completed(line: str) -> list[str]:
        environment = {
            **os.environ,
            "_BENCH_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split(" ")) - 1),
        }
        code = "import sys; sys.argv = ['bench']\nfrom bench.__main__ import main\nmain()"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        return done.stdout.split()

    assert completed("bench le") == ["leaderboard"]
    assert completed("bench list tr") == ["trackers"]


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["verify", "--help"]])
def test_help_teaches(bench, arguments: list[str]) -> None:
    code, out, _ = bench(*arguments)
    assert code == 0
    assert "leaderboard" in out


def test_help_imports_no_framework() -> None:
    code = (
        "import sys; sys.argv = ['bench', '--help']\n"
        "from bench.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('keras', 'tensorflow', 'jax', 'pandas', 'sklearn', 'scipy',"
        " 'matplotlib', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--approach", "resnet"), "unknown approach 'resnet'; known: basic_cnn"),
        (("run", "--tier", "huge"), "unknown tier 'huge'; known: smoke, short, full"),
        (("run", "--dataset", "mnist"), "unknown data set 'mnist'"),
        (
            ("run", "--dataset", "shapes10"),
            "unknown data set 'shapes10'; did you mean 'shapes100'?",
        ),
        (("run", "--backend", "theano"), "unknown backend 'theano'; known: tensorflow, jax"),
        (("run", "--seeds", "0"), "0 seeds asked for; give a number from 1"),
        (("run", "--data-dir", "nowhere"), "nowhere"),
        (("run", "--tier", "smoke", "--weights", "nowhere.npz"), "nowhere.npz: No such file"),
        (("run", "--tier", "smoke", "--weights", "w.txt"), "w.txt is neither .npz nor .h5"),
        (("run", "--backbone-dtype", "int8"), "unknown backbone dtype 'int8'; known: float32, bf"),
        (("ablate", "colour"), "unknown ablation 'colour'; known: improvements"),
        (("run", "--tracker", "neptune"), "unknown tracker 'neptune'; known: trackio, mlflow"),
        (("track", "--tracker", "neptune", "--results", "."), "unknown tracker 'neptune'"),
        (("track", "--results", "nowhere"), "there is no folder nowhere"),
        (
            ("list", "aproaches"),
            "unknown list 'aproaches'; did you mean 'approaches'? known: approaches",
        ),
        (("leaderboard", "--results", "nowhere"), "there is no folder nowhere"),
        (("verify", "--results", "nowhere"), "there is no folder nowhere"),
        (("report", "--results", "nowhere"), "there is no folder nowhere"),
    ],
)
def test_bad_input_is_named_in_one_line(
    bench, arguments, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = bench(*arguments)
    assert code == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not list(tmp_path.rglob("record.json"))


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("run", "--approach", "basic_cn"), "basic_cnn"),
        (("run", "--tier", "shrt"), "short"),
        (("run", "--backend", "tensorflw"), "tensorflow"),
        (("run", "--engine", "locl"), "local"),
        (("run", "--tracker", "tracio"), "trackio"),
        (("ablate", "cnn-optimiser"), "cnn-optimizer"),
        (("explore", "--embedding", "pixel"), "pixels"),
        (("list", "tracker"), "trackers"),
    ],
)
def test_misspelt_name_gets_the_nearest_one_before_data_is_sought(
    bench, arguments, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sought(*_: object, **__: object) -> None:
        raise AssertionError("data was sought")

    for place in ("datasets.load_dataset", "bench.planning.datasets.load_dataset"):
        monkeypatch.setattr(place, sought)
    monkeypatch.chdir(tmp_path)
    code, out, err = bench(*arguments)
    assert (code, out) == (2, "")
    assert f"{arguments[-1]!r}; did you mean {meant!r}? known: " in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["leaderboard", "report", "track"])
def test_folder_without_a_record_is_said_to_be_one(bench, command: str, tmp_path: Path) -> None:
    code, out, err = bench(command, "--results", tmp_path)
    assert (code, out) == (2, "")
    assert "there is no record in" in err
    assert list(tmp_path.iterdir()) == []


def test_results_that_cannot_be_written_are_named(bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    code, _, err = bench(*RUN, "--results", tmp_path / "file" / "results")
    assert code == 2
    assert f"cannot write {tmp_path / 'file' / 'results'}" in err


@pytest.mark.parametrize("content", ["{ cut off", "{}", '{"schema_version": 2}'])
def test_damaged_record_is_named_with_the_fix(bench, results: Path, content: str) -> None:
    path = record_of(results)
    path.write_text(content)
    code, _, err = bench(*RUN, "--results", results)
    assert code == 2
    assert f"{path} is damaged" in err
    assert f"delete {path.parent} and run again" in err
    assert path.read_text() == content


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of one's own to work in."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_demo_verifies_and_names_what_is_committed(bench, finished: Path, here: Path) -> None:
    shutil.copytree(finished, here / "results")
    page = here / "results" / "report" / "index.html"
    page.parent.mkdir()
    page.write_text("")
    code, out, _ = bench("demo")
    assert code == 0
    assert "verified 1 record: 0 problems\nopen results/report/index.html\n" in out
    assert "basic_cnn" in out
    assert "leaderboard: results/leaderboard.md" in out
    (here / "results" / "leaderboard.md").write_text("edited")
    code, out, _ = bench("demo")
    assert code == 1
    assert "verified 1 record: 1 problem\n" in out
    assert out.endswith("`bench verify --results results` lists them\n")


def test_demo_outside_a_checkout_shows_one_s_own_runs(bench, finished: Path, here: Path) -> None:
    code, _, err = bench("demo")
    assert code == 2
    assert err.startswith("bench: there are no records here; run `bench demo` in a checkout")
    shutil.copytree(finished, here / "runs")
    code, out, _ = bench("demo")
    assert code == 0
    assert "leaderboard: runs/leaderboard.md" in out


def test_run_ends_with_what_is_here_without_training(bench, finished: Path, here: Path) -> None:
    results = Path(shutil.copytree(finished, here / "results"))
    before = contents_of(results)
    code, out, _ = bench(*RUN)
    assert code == 0
    assert out.endswith(
        "here without training: results/leaderboard.md; `bench demo` verifies the records\n"
    )
    # What is committed stays as it is: one's own pages and runs have a folder of their own.
    assert contents_of(results) == before
    assert (here / "runs" / "leaderboard.md").is_file()
    _, quiet, _ = bench(*RUN, "--quiet")
    assert "without training" not in quiet
    _, named, _ = bench(*RUN, "--results", "results")
    assert "without training" not in named


@pytest.mark.processes
def test_own_run_leaves_the_committed_results_alone(bench, finished: Path, here: Path) -> None:
    results = Path(shutil.copytree(finished, here / "results"))
    before = contents_of(results)
    code, out, err = bench(*RUN, "--rerun", "--seeds", "2")
    assert code == 0
    assert contents_of(results) == before
    assert len(list((here / "runs").rglob("record.json"))) == 2
    # What each of the two processes has to say of its device is said once, and not as a result.
    said = device_line()
    assert err.splitlines().count(said) == 1
    assert said not in out


def contents_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
