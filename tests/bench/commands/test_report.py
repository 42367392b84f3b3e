"""`bench report` as a user meets it."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.pages


def test_report_is_written_beside_the_leaderboard(bench, results: Path) -> None:
    code, out, _ = bench("report", "--results", results)
    assert code == 0
    assert out == f"wrote {results / 'report' / 'index.html'}\n"
    page = (results / "report" / "index.html").read_text()
    assert "shapes100 (synthetic images), smoke tier" in page
    assert "architectures-basic-cnn" in page


def test_report_names_missing_images_that_were_asked_for(bench, results: Path) -> None:
    code, _, err = bench("report", "--results", results, "--dataset", "mnist")
    assert (code, "unknown data set 'mnist'" in err) == (2, True)
    assert not (results / "report").exists()
