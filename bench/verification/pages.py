"""Pages rendered again from the records and compared with what lies there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.ablations.page import PAGE as ABLATIONS
from bench.ablations.page import ablation_markdown
from bench.approaches.approach import Approach
from bench.errors import BenchError
from bench.leaderboard.build import build
from bench.leaderboard.files import MARKDOWN, contents
from bench.records.store import RunStore
from bench.verification.problem import Finding, Problem

# What a page's arithmetic raises on forged records that are valid one by one.
FORGED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def check_leaderboard(store: RunStore, approaches: Sequence[Approach]) -> Iterator[Problem]:
    """The leaderboard in both formats; one that is missing matters where there are runs."""
    try:
        leaderboard = build(store, approaches)
        wanted = contents(leaderboard)
    except (BenchError, *FORGED) as error:
        yield Finding("leaderboard", "one from sound records", error).at(store.root / MARKDOWN)
        return
    for name, text in wanted.items():
        required = bool(leaderboard.sections)
        yield from check_page(store.root / name, "the leaderboard", text, required=required)


def check_ablations(store: RunStore, folder: Path) -> Iterator[Problem]:
    """The ablations' page in `folder`."""
    path = folder / ABLATIONS
    try:
        text = ablation_markdown(store)
    except (BenchError, *FORGED) as error:
        yield Finding("ablations", "a page from sound records", error).at(path)
        return
    yield from check_page(path, "the ablations", text, required=True)


def check_page(path: Path, what: str, text: str, *, required: bool) -> Iterator[Problem]:
    """The first line in which a page differs: one edit would otherwise be many problems."""
    try:
        found = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            yield Finding("file", what, "nothing").at(path)
    except (OSError, UnicodeDecodeError) as error:
        yield Finding("file", what, error).at(path)
    else:
        if text != found:
            yield _first_difference(text, found).at(path)


def check_drawn(root: Path, name: str, draw: Callable[[Path], object]) -> Iterator[Problem]:
    """A folder of pages and figures, drawn again and compared file by file.

    Figures are the same bytes only where the same versions of Matplotlib and its fonts draw them.

    Args:
        root: of the results.
        name: of the folder in it.
        draw: writes the folder `name` under the folder that it is given.
    """
    if not (root / name).is_dir():
        return
    with tempfile.TemporaryDirectory() as scratch:
        try:
            draw(Path(scratch))
        except (BenchError, *FORGED) as error:
            yield Finding(name, "pages from sound records", error).at(root / name)
            return
        wanted, found = _files(Path(scratch) / name), _files(root / name)
        for relative in sorted({*wanted, *found}):
            path = root / name / relative
            if relative not in found:
                yield Finding("file", "one that is drawn again", "nothing").at(path)
            elif relative not in wanted:
                yield Finding("file", "nothing", "one that nothing draws").at(path)
            elif relative.suffix in (".html", ".md"):
                text = wanted[relative].read_text(encoding="utf-8")
                yield from check_page(path, "the page", text, required=True)
            elif wanted[relative].read_bytes() != found[relative].read_bytes():
                yield Finding("file", "the bytes that are drawn again", "others").at(path)


def _files(folder: Path) -> dict[Path, Path]:
    return {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}


def _first_difference(expected: str, found: str) -> Finding:
    ours, theirs = expected.split("\n"), found.split("\n")
    longest = max(len(ours), len(theirs))
    ours += ["(no line)"] * (longest - len(ours))
    theirs += ["(no line)"] * (longest - len(theirs))
    number = next(i for i in range(longest) if ours[i] != theirs[i])
    return Finding(f"line {number + 1}", repr(ours[number]), repr(theirs[number]))
