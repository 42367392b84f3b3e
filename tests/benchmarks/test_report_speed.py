"""How long the leaderboard and the report take, and how that grows with the records."""

from pathlib import Path

import pytest

from bench.leaderboard.files import write_leaderboard
from bench.records.store import RunStore
from bench.report.build import build, write
from tests.support.report_factories import made_up_images, write_many, write_matrix

pytestmark = pytest.mark.benchmark

LIMIT_BYTES = 15_000_000
# Of the short tier, whose runs are the many ones.
IMAGES = 1_000


@pytest.mark.benchmark(group="report")
def test_seven_approaches_five_seeds(benchmark, tmp_path: Path) -> None:
    store, images = RunStore(tmp_path), made_up_images(10_000)
    write_matrix(store, seeds=5, n=10_000)
    index = benchmark.pedantic(lambda: write(build(store, [images]), tmp_path), rounds=1)
    assert index.stat().st_size < LIMIT_BYTES


@pytest.fixture(scope="module", params=[1_250, 2_500, 5_000, 10_000])
def many(request, tmp_path_factory) -> RunStore:
    store = RunStore(tmp_path_factory.mktemp("many"))
    write_many(store, request.param, IMAGES)
    return store


@pytest.mark.benchmark(group="leaderboard by records")
def test_leaderboard(benchmark, many: RunStore) -> None:
    written = benchmark.pedantic(write_leaderboard, (many,), rounds=3)
    (section,) = written.sections
    assert len({len(row.seeds) for row in section.rows}) == 1


@pytest.mark.benchmark(group="page by records, undrawn")
def test_page(benchmark, many: RunStore) -> None:
    """Everything but the drawings, whose number follows the approaches and not the records."""
    page = benchmark.pedantic(build, (many, [made_up_images(IMAGES)]), rounds=3)
    assert page.facts[0] == ("Runs", f"{len(many.folders()):,}")
