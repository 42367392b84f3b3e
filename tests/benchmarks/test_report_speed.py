"""How long the report takes, and how that grows with the records."""

from pathlib import Path

import pytest

from bench.report.build import build, write
from bench.store import RunStore
from tests.bench.report_factories import made_up_pictures, write_matrix

pytestmark = pytest.mark.benchmark

LIMIT_BYTES = 15_000_000


@pytest.mark.benchmark(group="report")
@pytest.mark.parametrize("seeds", [1, 5])
def test_seven_approaches(benchmark, tmp_path: Path, seeds: int) -> None:
    store, pictures = RunStore(tmp_path), made_up_pictures(10_000)
    write_matrix(store, seeds=seeds)
    index = benchmark.pedantic(lambda: write(build(store, [pictures]), tmp_path), rounds=1)
    assert index.stat().st_size < LIMIT_BYTES
