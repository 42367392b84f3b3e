"""Both augmentations against Keras' `ImageDataGenerator`, one batch of 1,024 images."""

import keras
import numpy as np
import pytest

from datasets.augmentation.arrays import augment
from datasets.augmentation.layer import RandomAffine
from datasets.augmentation.parameters import AffineAugmentation
from tests.benchmarks.peers.image_data_generator import augmenter

pytestmark = pytest.mark.benchmark

IMAGES = np.random.default_rng(0).uniform(0, 255, (1024, 32, 32, 3)).astype(np.float32)


class Training(keras.layers.Layer):
    """A layer as it is in training, whatever the model around it does."""

    def __init__(self, layer: keras.layers.Layer) -> None:
        super().__init__()
        self.layer = layer

    def call(self, images):
        return self.layer(images, training=True)


@pytest.mark.benchmark(group="augment 1,024 images")
def test_in_memory(benchmark) -> None:
    images = IMAGES.astype(np.uint8)
    augmentation = AffineAugmentation()
    assert benchmark(augment, augmentation, images, (0, 1)).shape == images.shape


@pytest.mark.benchmark(group="augment 1,024 images")
def test_in_graph(benchmark) -> None:
    layer = Training(RandomAffine(AffineAugmentation(), seed=0))
    graph = keras.Sequential([keras.Input((32, 32, 3)), layer])
    assert not np.allclose(graph.predict_on_batch(IMAGES), IMAGES)
    assert benchmark(graph.predict_on_batch, IMAGES).shape == IMAGES.shape


@pytest.mark.benchmark(group="augment 1,024 images")
def test_image_data_generator(benchmark) -> None:
    benchmark.extra_info["peer"] = f"ImageDataGenerator, Keras {keras.__version__}"
    augment = augmenter(AffineAugmentation())
    assert benchmark.pedantic(augment, (IMAGES,), rounds=3).shape == IMAGES.shape
