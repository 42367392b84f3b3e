"""Shards: every run in exactly one, forests beside their networks, bad input in one line."""

import pytest

from bench.errors import BenchError
from bench.planning.plan import Plan
from bench.planning.shards import Shard
from tests.support.tiny import make_run


def test_every_run_is_in_exactly_one_shard() -> None:
    plan = Plan(
        tuple(make_run(name, seed) for name in ("basic_cnn", "vgg19_linear") for seed in range(6))
    )
    parts = [Shard.parse(f"{index}/3").of(plan).runs for index in (1, 2, 3)]
    assert sorted(run.key for part in parts for run in part) == sorted(run.key for run in plan.runs)
    assert sum(1 for part in parts if part) > 1


def test_forest_is_in_the_shard_of_its_network() -> None:
    pairs = [(make_run("vgg19_forest", seed), make_run("vgg19_linear", seed)) for seed in range(8)]
    homes = {
        tuple(run.key for run in pair): [
            [index for index in range(1, 6) if Shard(index, 5).holds(run)] for run in pair
        ]
        for pair in pairs
    }
    assert all(forest == network and len(forest) == 1 for forest, network in homes.values())


def test_a_run_that_is_skipped_elsewhere_moves_no_other() -> None:
    whole = Plan(tuple(make_run("basic_cnn", seed) for seed in range(8)))
    fewer = Plan(whole.runs[3:])
    assert set(Shard(1, 2).of(fewer).runs) == set(Shard(1, 2).of(whole).runs) & set(fewer.runs)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", ""])
def test_bad_shards_are_refused(text: str) -> None:
    with pytest.raises(BenchError, match="is no shard; give i/n"):
        Shard.parse(text)


@pytest.mark.parametrize(
    ("text", "shard"), [("1/1", (1, 1)), ("4/4", (4, 4)), ("10000/10000", (10_000, 10_000))]
)
def test_shards_go_from_the_first_to_the_last_of_ten_thousand(text: str, shard) -> None:
    parsed = Shard.parse(text)
    assert (parsed.index, parsed.count) == shard


@pytest.mark.parametrize("text", ["1/10001", "10001/10001", " 1/2", "1/2 "])
def test_one_more_and_blanks_are_refused(text: str) -> None:
    with pytest.raises(BenchError, match="is no shard"):
        Shard.parse(text)


def test_the_key_s_remainder_decides() -> None:
    """Among 1,000 shards too, whose numbers Python does not keep as one object each."""
    for seed in range(4):
        run = make_run("basic_cnn", seed)
        home = int(run.key, 16) % 1000 + 1
        assert [index for index in range(1, 1001) if Shard(index, 1000).holds(run)] == [home]
