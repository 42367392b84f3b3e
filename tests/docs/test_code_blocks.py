"""Every Python block of the pages is run, each page's in their order, in a folder of its own."""

import importlib
import re
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("eager")

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "api.md", *sorted((DOCS / "extending").glob("*.md")))
# What fits something takes seconds, and is not for the smoke tier.
_FITS = ("api", "approach", "engine", "page")
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.S | re.M)
_FILE = re.compile(r"# file: (\S+)\n")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            page, id=page.stem, marks=[pytest.mark.processes] if page.stem in _FITS else []
        )
        for page in PAGES
    ],
)
def test_code_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        if named := _FILE.match(block):
            (tmp_path / named[1]).write_text(block)
            importlib.invalidate_caches()
            sys.modules.pop(Path(named[1]).stem, None)
        else:
            exec(compile(block, str(page), "exec"), names)


def test_every_kind_of_extension_has_its_page() -> None:
    names = {page.stem for page in PAGES}
    kinds = {"approach", "estimator", "dataset", "engine", "tracker", "page", "report"}
    assert names == {"api", *kinds}
