"""Which records stand together: sections on the same images, rows that differ in the seed alone."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bench.analysis.grouping import distinctions, group
from tests.support.factories import (
    BACKBONE_RECIPE,
    FULL,
    IMAGENET,
    RANDOM,
    SCRATCH_RECIPE,
    make_record,
)


def stored(*records):
    return [(Path(str(number)), record) for number, record in enumerate(records)]


def test_a_row_keeps_its_runs_by_ascending_seed():
    (section,) = group(stored(make_record(seed=2), make_record(seed=0), make_record(seed=1)))
    (row,) = section.rows
    assert row.seeds == (0, 1, 2)
    assert row.folders == (Path("1"), Path("2"), Path("0"))
    assert [record.seed for record in row.records] == [0, 1, 2]


@pytest.mark.parametrize(
    "fields",
    [
        {"dataset": "shapes100"},
        {"fingerprint": "e" * 64},
        {"tier": "short"},
        {"tier_parameters": FULL | {"max_epochs": 5}},
        {"approach": "pretrained", "weights": RANDOM},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_other_images_tiers_or_kinds_of_backbone_are_another_section(fields):
    assert len(group(stored(make_record(), make_record(**fields)))) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"backend": "jax"},
        {"device": "GPU"},
        {"recipe": replace(SCRATCH_RECIPE, batch_size=64)},
        {"approach": "mine"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_anything_else_but_the_seed_is_another_row(fields):
    (section,) = group(stored(make_record(), make_record(seed=1, **fields)))
    assert [row.seeds for row in section.rows] in ([(0,), (1,)], [(1,), (0,)])


def test_of_a_seed_that_was_run_again_the_later_record_counts():
    old = make_record(key="old", started="2025-01-01T00:00:00+00:00")
    new = make_record(key="new", started="2025-02-01T00:00:00+00:00")
    (section,) = group(stored(new, old))
    assert section.replaced == 1
    assert [record.key for record in section.records] == ["new"]


def test_the_order_of_the_runs_does_not_matter():
    runs = stored(
        *(make_record(seed=seed, tier=tier) for seed in range(3) for tier in ("full", "short")),
        make_record(dataset="shapes100"),
    )
    expected = group(runs)
    assert [section.first.tier.name for section in expected] == ["full", "short", "full"]
    assert expected[-1].synthetic
    for seed in range(5):
        assert group(Random(seed).sample(runs, len(runs))) == expected


def test_what_sets_rows_apart_is_named_only_where_it_does():
    half = replace(BACKBONE_RECIPE, backbone=replace(BACKBONE_RECIPE.backbone, dtype="bfloat16"))
    backbone = {"approach": "pretrained", "weights": IMAGENET}
    (section,) = group(
        stored(
            make_record(),
            make_record(**backbone),
            make_record(**backbone, recipe=half),
            make_record(approach="mine", device="CPU"),
            make_record(approach="mine", device="GPU"),
        )
    )
    found = {
        (row.identity.approach, row.identity.device, row.identity.backbone_dtype): what
        for row, what in zip(section.rows, distinctions(section.rows), strict=True)
    }
    assert found["plain", "CPU", ""] == found["pretrained", "CPU", "float32"]
    assert found["plain", "CPU", ""].machine is None
    assert found["pretrained", "CPU", "bfloat16"].backbone_dtype == "bfloat16"
    assert found["mine", "GPU", ""].machine == ("GPU", "tensorflow")


def supplied(approach="elsewhere", **fields):
    record = make_record(approach=approach, protocol=None, **fields)
    return record.model_copy(update={"recipe": {"supplied": True}})


def test_supplied_predictions_stand_with_the_first_runs_on_their_images():
    old = make_record(approach="mine", protocol=None)
    # Of a name that comes before all others: it must not speak for the section.
    given = supplied("a_first")
    first, second = group(stored(old, given, make_record()))
    assert [row.identity.approach for row in first.rows] == ["plain", "a_first"]
    assert first.first.protocol == "d" * 64
    assert [row.identity.approach for row in second.rows] == ["mine"]


@pytest.mark.parametrize(
    "other",
    [
        {"fingerprint": "e" * 64},
        {"tier": "short"},
        {"approach": "pretrained", "weights": RANDOM},
    ],
    ids=["images", "tier", "random backbone"],
)
def test_supplied_predictions_stand_alone_where_there_is_nothing_to_stand_with(other):
    assert len(group(stored(supplied(), make_record(**other)))) == 2
