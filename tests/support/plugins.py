"""Plug-ins put on a path as an installer leaves them, without building or fetching anything."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "examples" / "plugin"
REPORT = ROOT / "examples" / "report"


def install(project: Path, site: Path) -> Path:
    """Copy a project's packages into `site`, with its entry points beside them."""
    declared = tomllib.loads((project / "pyproject.toml").read_text())
    for package in declared["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        shutil.copytree(project / package, site / package, dirs_exist_ok=True)
    write_entry_points(
        site, declared["project"]["name"], declared["project"].get("entry-points", {})
    )
    return site


def write_entry_points(site: Path, name: str, groups: dict[str, dict[str, str]]) -> None:
    """The metadata of an installed distribution that offers these entry points."""
    info = site / f"{name.replace('-', '_')}-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
    lines = [
        line
        for group, points in groups.items()
        for line in (f"[{group}]", *(f"{key} = {value}" for key, value in points.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")


def run_bench(
    *arguments: object, site: Path | None = None, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, in `folder`, with `site` on its path."""
    code = "import sys; from bench.__main__ import main; sys.argv[0] = 'bench'; main()"
    places = [str(place) for place in (site, ROOT) if place]
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
