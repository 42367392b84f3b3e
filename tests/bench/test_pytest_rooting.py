"""pytest as a user types it, with options whose values are folders that exist."""

from pathlib import Path

import pytest

from tests.support.checkouts import copy_project, install, typed

pytestmark = pytest.mark.processes

# The folder comes first: pytest takes the first value that it does not know for a path.
ASKED = ("--approach", "basic_cnn", "--seeds", "1", "--collect-only")
FOUND = "test_approach_runs_end_to_end[full-basic_cnn-seed0]"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A copy of the project, and the environment that it is installed in."""
    folder = copy_project(tmp_path_factory.mktemp("clone"))
    return folder, install(folder, tmp_path_factory.mktemp("site"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder outside the project, with a configuration of its own that nobody asked for."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pytest.ini").write_text("[pytest]\nmarkers = foreign\n")
    return tmp_path / "data"


@pytest.mark.parametrize(
    "options",
    [
        ("--data-dir", "{0}"),
        ("--data-dir={0}",),
        ("--results", "{0}"),
        ("--data-dir", "{0}/..", "--results", "{0}/.."),
        ("--data-dir", "{0}/..", "tests/harness"),
    ],
    ids=" ".join,
)
def test_folder_that_exists_is_no_root_of_tests(clone, data: Path, options) -> None:
    folder, environment = clone
    given = [option.format(data) for option in options]
    done = typed("pytest", "-m", "full", *given, *ASKED, cwd=folder, environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"rootdir: {folder.resolve()}\nconfigfile: pyproject.toml\n" in done.stdout
    assert FOUND in done.stdout


def test_other_projects_are_left_alone(clone, data: Path) -> None:
    _, environment = clone
    other = data.parent
    (other / "test_other.py").write_text("def test_other(): pass\n")
    done = typed("pytest", "--data-dir", str(other), cwd=other, environment=environment)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "unrecognized arguments: --data-dir" in done.stderr
    assert typed("pytest", cwd=other, environment=environment).returncode == 0
