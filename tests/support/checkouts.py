"""A copy of this project as a user has it after cloning and installing it."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "results", "*.egg-info", "build")


def copy_project(folder: Path, tests: tuple[str, ...] = ("harness", "support")) -> Path:
    """The packages, the configuration and these folders of tests, copied; gives the folder."""
    for package in ("bench", "datasets", "models"):
        shutil.copytree(ROOT / package, folder / package, ignore=_LEFT_OUT)
    for name in tests:
        shutil.copytree(ROOT / "tests" / name, folder / "tests" / name, ignore=_LEFT_OUT)
    for name in ("pyproject.toml", "tox.ini", "toxfile.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    (folder / "results").mkdir()
    return folder


def install(checkout: Path, site: Path) -> dict[str, str]:
    """Make the copy count as installed, by the names that its own configuration declares.

    Nothing is built or fetched: the folder `site` gets what an installer would write there.

    Returns:
        The environment of a process that finds it so.
    """
    project = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    facts = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    (facts / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
            for group, entries in groups.items()
        )
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, (site, checkout)))}


def typed(
    *command: str, cwd: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a script of this Python's environment, such as `pytest`, as one types it."""
    script = Path(sys.executable).parent / command[0]
    return subprocess.run(
        [sys.executable, str(script), *command[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
