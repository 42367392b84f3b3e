"""The pytest side of the harness, as someone sees it who calls pytest."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.system.cores import available_cores

ROOT = Path(__file__).parents[2]
TIERS = "tests/harness/test_tiers.py"


def collect(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "tests/harness/test_tiers.py",
            "--collect-only",
            "-q",
            *arguments,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.processes
def test_options_choose_approaches_seeds_and_tier() -> None:
    done = collect("-m", "short", "--approach", "vgg19_96*", "--seeds", "2", "-k", "end_to_end")
    found = [line.split("[")[1].rstrip("]") for line in done.stdout.splitlines() if "[" in line]
    assert found == [
        f"short-{approach}-seed{seed}"
        for approach in ("vgg19_96_head", "vgg19_96_forest")
        for seed in (0, 1)
    ]


@pytest.mark.processes
def test_a_test_of_several_tiers_is_run_in_each_of_them() -> None:
    for tier in ("short", "full"):
        done = collect("-m", tier, "--approach", "basic_cnn", "--seeds", "1", "-k", "beats_chance")
        found = [line.split("[")[1].rstrip("]") for line in done.stdout.splitlines() if "[" in line]
        assert found == [f"{tier}-basic_cnn-seed0"]


@pytest.mark.parametrize(
    ("expression", "alone"),
    [("short", True), ("full", True), ("benchmark", True), ("smoke", False), ("", True)],
)
def test_training_and_benchmarks_have_the_machine_to_themselves(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch, expression: str, alone: bool
) -> None:
    monkeypatch.setattr(pytestconfig.option, "markexpr", expression)
    # As xdist asks: its own answer, which knows no tiers, must not come first.
    found = pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig)
    assert found == (0 if alone else available_cores())


def test_lines_of_progress_pass_pytest_s_capture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from bench.plugin import _Lines

        def test_quiet(request):
            print("captured")
            print("shown", file=_Lines(request.config))
        """
    )
    done = pytester.runpytest_inprocess("-p", "no:bench.plugin")
    assert "shown" in done.outlines
    assert "captured" not in done.outlines


@pytest.mark.processes
def test_plain_pytest_stays_with_the_smoke_tier() -> None:
    lines = [line for line in collect().stdout.splitlines() if "[" in line]
    assert lines
    assert all("[smoke-" in line for line in lines)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--approach", "resnet"), "unknown approach 'resnet'; known: basic_cnn"),
        (("--tracker", "neptune"), "unknown tracker 'neptune'; known: trackio"),
        pytest.param(
            ("--seeds", "0"),
            "0 seeds asked for; give a number from 1 to 10,000",
            marks=pytest.mark.processes,
        ),
        pytest.param(
            ("--seeds", "1000000000"),
            "1000000000 seeds asked for; give a number from 1 to 10,000",
            marks=pytest.mark.processes,
        ),
    ],
)
@pytest.mark.promise(
    "`pytest --seeds 0`, a billion seeds, or an unknown name",
    "one line; nothing is deselected in silence",
)
def test_unknown_name_ends_in_a_clear_line(option: tuple[str, str], message: str) -> None:
    done = collect(*option)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.processes
@pytest.mark.parametrize("spread", [("-n", "0"), ("-n", "1")], ids=" ".join)
def test_smoke_tier_lists_its_approaches_and_tells_the_workflow(
    tmp_path: Path, spread: tuple[str, str]
) -> None:
    page, junit = tmp_path / "summary.md", tmp_path / "junit.xml"
    command = [sys.executable, "-m", "pytest", TIERS, "-m", "smoke", "--approach", "basic_cnn"]
    done = subprocess.run(
        [*command, *spread, f"--junit-xml={junit}"],
        cwd=ROOT,
        env={**os.environ, "GITHUB_STEP_SUMMARY": str(page)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    tests = ElementTree.parse(junit).iter("testcase")
    told = [{p.get("name"): p.get("value") for p in test.iter("property")} for test in tests]
    (accuracy,) = {one["test_accuracy"] for one in told if one.get("approach") == "basic_cnn"}
    shown = f"{100 * float(accuracy):.2f} %"
    assert f"  basic_cnn {shown:>45}  —\n" in done.stdout
    assert f"| basic_cnn | {shown:>10} | —         |" in page.read_text()


@pytest.mark.processes
def test_misspelt_mark_ends_in_a_clear_line() -> None:
    done = collect("-m", "smok")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "Unknown marker(s) in '-m' expression: smok." in done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr
