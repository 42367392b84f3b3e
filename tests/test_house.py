"""The plan of the house: few loose modules, short files, few levels, no circle."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bench", "datasets", "models")
MOST_LEVELS = 10


def sources() -> list[Path]:
    return [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]


def room_of(module: str) -> str:
    """A sub-package of `bench` counts as one, and so do `datasets` and `models`."""
    parts = module.split(".")
    return ".".join(parts[:2] if parts[0] == "bench" else parts[:1])


def imports() -> dict[str, set[str]]:
    """Rooms and the rooms that they import, lazy imports and imports for types too."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        parts = path.relative_to(ROOT).with_suffix("").parts
        here = room_of(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                whole = node.module in PACKAGES
                names = [f"{node.module}.{alias.name}" for alias in node.names] if whole else []
                names = names or [node.module]
            for name in names:
                if name.split(".")[0] in PACKAGES and room_of(name) != here:
                    found[here].add(room_of(name))
    return found


def test_house_has_few_loose_modules() -> None:
    loose = {path.stem for path in (ROOT / "bench").glob("*.py")} - {"__init__", "__main__"}
    assert len(loose) <= 4, sorted(loose)


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    assert median(lengths.values()) < 150


def test_rooms_stand_on_few_levels_without_a_circle() -> None:
    known = imports()

    @cache
    def level(room: str, above: tuple[str, ...] = ()) -> int:
        if room in above:
            pytest.fail(f"a circle: {' -> '.join([*above, room])}")
        below = [level(other, (*above, room)) for other in known.get(room, ())]
        return 1 + max(below, default=0)

    levels = {room: level(room) for room in known}
    assert max(levels.values()) <= MOST_LEVELS, levels


def test_values_are_frozen() -> None:
    """What may change is named here; all other records of values never do."""
    changing = {"_Looker", "_Open", "_Running", "_Training"}
    thawed = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            configured = [
                line.value
                for line in node.body
                if isinstance(line, ast.Assign) and "ConfigDict" in ast.unparse(line.value)
            ]
            data = [one for one in node.decorator_list if "dataclass" in ast.unparse(one)]
            if any("frozen=True" not in ast.unparse(one) for one in [*data, *configured]):
                thawed.add(node.name)
    assert thawed == changing
