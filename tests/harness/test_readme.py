"""Every command of the README, typed in a copy of the project as a user would."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest
import typer
from typer.core import TyperGroup

from bench.commands import app
from bench.plugin import pytest_addoption

ROOT = Path(__file__).parents[2]
# What installs packages, trains for long or needs a tracker is not typed here, but elsewhere.
ELSEWHERE = {
    'pip install -e ".[cpu]" -c constraints.txt && bench demo': "CI installs; the demo is typed",
    "bench run": "the short tier, by tox -e short",
    "pip install tox && tox -e smoke": "CI does just this",
    "tox -e full -- --data-dir ~/cifar-100-binary": "hours",
    'pip install -e ".[trackio]" -c constraints.txt && bench track': "tox -e trackers",
}


def commands() -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files, with folders that exist already."""
    folder = tmp_path_factory.mktemp("readme") / "project"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / "runs").mkdir()
    return folder


def test_every_command_is_typed_here_or_elsewhere() -> None:
    found = commands()
    assert set(ELSEWHERE) <= set(found)
    assert [line for line in found if line not in ELSEWHERE]


def named() -> list[list[str]]:
    """What the README names within its sentences, as words."""
    text = re.sub(r"```.*?```", "", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    return [shlex.split(code) for code in re.findall(r"`((?:bench|pytest|tox) [^`]+)`", text)]


def test_every_command_named_in_a_sentence_is_one() -> None:
    """It is parsed and not carried out: some take hours, some need a cluster."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    options: list[str] = []
    parser = Mock()
    parser.getgroup().addoption.side_effect = lambda *names, **_: options.extend(names)
    pytest_addoption(parser)
    environments = re.findall(r"^\[testenv:(.+)]", (ROOT / "tox.ini").read_text(), re.MULTILINE)
    found = named()
    assert len(found) > 20
    for program, *words in found:
        if program == "bench":
            name, command, rest = group.resolve_command(group.context_class(group), words)
            assert command is not None
            # Named alone it may lack what it needs.
            if rest:
                command.make_context(name, rest)
        elif program == "pytest":
            assert {word for word in words if word.startswith("--")} <= {*options}
        else:
            assert words[0] == "-e"
            assert words[1] in environments


@pytest.mark.processes
@pytest.mark.parametrize("line", [*[c for c in commands() if c not in ELSEWHERE], "bench demo"])
def test_command_succeeds_as_typed(line: str, copy: Path) -> None:
    program = f'"{sys.executable}" -m bench'
    environment = os.environ | {"PYTHONPATH": str(copy)}
    done = subprocess.run(
        line.replace("bench", program, 1),
        shell=True,
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "absl::InitializeLog" not in done.stderr
    assert done.stdout.strip()
