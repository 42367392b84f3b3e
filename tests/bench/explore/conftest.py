"""A small drawn data set, and a look at what a figure draws."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from bench.pages.figures import Figure
from datasets import ImageDataset, Labelled, load_dataset


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> ImageDataset:
    """shapes100 with four training and three test images a class."""
    return load_dataset("shapes100", per_class=(4, 3), cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture
def axes_of():
    """Draw a figure and give its axes."""

    def draw(figure: Figure) -> list:
        canvas = Canvas(figsize=figure.size)
        figure.draw(canvas)
        return canvas.axes

    return draw


@pytest.fixture
def with_test_images():
    """Change the test images of a data set by a function of a copy of them."""

    def changed(dataset: ImageDataset, change) -> ImageDataset:
        images = np.array(dataset.test.images)
        change(images)
        test = Labelled(images, dataset.test.fine, dataset.test.coarse)
        return dataclasses.replace(dataset, test=test)

    return changed
