"""Counts and pixel statistics are those of the images."""

import dataclasses

import numpy as np
import pytest

from bench.explore.overview import (
    balance_figure,
    balance_sentence,
    channel_table,
    channels_figure,
    mean_and_deviation,
    members_of,
    pixel_values,
    sizes_table,
)
from datasets import Labelled


def without_first(part: Labelled, count: int) -> Labelled:
    return Labelled(part.images[count:], part.fine[count:], part.coarse[count:])


def test_sizes_are_counted(dataset) -> None:
    cells = dict(sizes_table(dataset).rows)
    assert cells["training images"] == "400"
    assert cells["test images"] == "300"
    assert cells["dimensions"] == "32 × 32 pixels"
    assert cells["test images a class"] == "3"


def test_cifar100_is_held_against_the_report(dataset) -> None:
    table = sizes_table(dataclasses.replace(dataset, name="cifar100"))
    assert table.columns[-1] == "in the report"
    assert ("training images", "400", "50,000") in table.rows


def test_bars_are_as_long_as_their_class_has_images(dataset, axes_of) -> None:
    uneven = dataclasses.replace(dataset, train=without_first(dataset.train, 37))
    for axes, part in zip(
        axes_of(balance_figure(uneven)), (uneven.train, uneven.test), strict=True
    ):
        for place, bars in enumerate(axes.containers):
            for row, bar in enumerate(bars):
                label = members_of(uneven)[row][place]
                assert bar.get_width() == (part.fine == label).sum()
                before = np.isin(part.fine, members_of(uneven)[row][:place]).sum()
                assert bar.get_x() == before


def test_balance_is_said_only_where_it_is(dataset) -> None:
    assert balance_sentence(dataset).startswith("The data is perfectly balanced: each class has 4")
    uneven = dataclasses.replace(dataset, train=without_first(dataset.train, 1))
    assert "is not balanced: each class has 3 to 4 training" in balance_sentence(uneven)


def test_pixel_statistics_are_those_of_the_pixels(dataset, axes_of) -> None:
    values = pixel_values(dataset)
    for channel in range(3):
        pixels = dataset.train.images[..., channel].astype(float)
        found = mean_and_deviation(values.train[channel])
        assert found == pytest.approx((pixels.mean(), pixels.std()))
        assert channel_table(dataset, values).rows[channel][1] == f"{pixels.mean():.2f}"
    lines = axes_of(channels_figure(dataset, values))[0].lines
    red = np.bincount(dataset.train.images[..., 0].ravel(), minlength=256)
    np.testing.assert_allclose(lines[0].get_ydata(), 100 * red / red.sum())
