"""The workflows: pinned, on every supported Python, and a site whose links lead somewhere."""

import re
import shlex
import subprocess
import textwrap
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_every_action_is_pinned_by_its_hash_and_says_its_version() -> None:
    uses = [line for file in WORKFLOWS for line in file.read_text().splitlines() if "uses:" in line]
    assert len(uses) > 10
    pinned = re.compile(r"\s+(- )?uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in uses if not pinned.fullmatch(line)] == []


def test_smoke_runs_on_every_python_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [name.rsplit(" ", 1)[1] for name in project["classifiers"] if ":: 3." in name]
    (matrix,) = re.findall(r"python: \[(.+)\]", (ROOT / ".github/workflows/ci.yml").read_text())
    assert re.findall(r"[\d.]+", matrix) == named


def test_everything_that_a_workflow_installs_itself_is_installed_by_hash() -> None:
    installs = [
        command
        for file in WORKFLOWS
        for command in re.findall(r"\bpip install .*", file.read_text())
        if "./examples/plugin" not in command
    ]
    assert len(installs) >= 5
    for command in installs:
        assert "--require-hashes" in command, command
        lock = (ROOT / command.rpartition("-r ")[2].strip()).read_text()
        for wanted in re.split(r"\n(?=[\w.-]+==)", lock)[1:]:
            assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", wanted), wanted


def test_a_release_is_attested_by_a_job_that_builds_nothing() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text()
    build, attest = text.split("\n  attest:\n")
    assert "attest-build-provenance@" in attest
    assert "id-token: write" in attest
    assert "id-token" not in build
    assert "run:" not in attest


def test_no_workflow_has_more_rights_than_its_jobs_ask_for() -> None:
    for file in WORKFLOWS:
        text = file.read_text()
        assert "\npermissions: {}\n" in text, file
        jobs = re.findall(r"^  [\w-]+:$", text.partition("\njobs:\n")[2], re.MULTILINE)
        assert text.count("\n    permissions:\n") == len(jobs), file
        assert text.count("timeout-minutes:") == len(jobs), file
        assert text.count("persist-credentials: false") == text.count("actions/checkout@"), file


def test_tox_lets_the_workflow_s_page_through() -> None:
    assert "GITHUB_STEP_SUMMARY" in (ROOT / "tox.ini").read_text().split()


@pytest.mark.processes
def test_links_of_the_published_pages_lead_somewhere(tmp_path: Path) -> None:
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text()
    (block,) = re.findall(r"- run: \|\n((?: {10}.*\n)+)", text)
    script = textwrap.dedent(block)
    for name in ("results", "docs", "CITATION.cff"):
        (tmp_path / name).symlink_to(ROOT / name)
    # The runner's folders are real; here they are only linked to.
    script = script.replace("cp -r", "cp -rL")
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, check=True)
    site = tmp_path / "site"
    (first,) = re.findall(r"url=([^\"]+)", (site / "index.html").read_text())
    assert (site / first / "index.html").is_file()
    for page in (site / "results/report/index.html", site / "results/explore/index.html"):
        links = set(re.findall(r'<a href="(\.\./[^"#]*)', page.read_text()))
        missing = [link for link in links if not (page.parent / link).exists()]
        assert missing == [], shlex.join(missing)
    runs = (site / "results/runs/index.html").read_text()
    (record, *_) = re.findall(r'href="([^"]+)"', runs)
    assert (site / "results/runs" / record).is_file()
    assert runs.count("<a ") == len(list((ROOT / "results/runs").rglob("record.json")))
