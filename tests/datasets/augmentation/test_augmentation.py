"""Augmentation gives the pixels of Keras' `ImageDataGenerator`, inside the graph."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from datasets import DataError
from datasets.augmentation.affine import (
    AffineParameters,
    draw_parameters,
    projective_transforms,
    sample,
)
from datasets.augmentation.arrays import augment, move
from datasets.augmentation.layer import RandomAffine
from datasets.augmentation.parameters import AffineAugmentation

# Grey levels of 255; float32 coordinates of 32 pixels are good for about 0.002.
TOLERANCE = 0.01


def degrees(most: float) -> st.SearchStrategy[float]:
    return st.floats(-most, most, width=32)


MAPS = st.tuples(
    degrees(180),
    degrees(8),
    degrees(8),
    degrees(30),
    *[st.floats(0.5, 1.5, width=32)] * 2,
    st.booleans(),
    st.booleans(),
)


def as_tensors(maps: list[tuple[float | bool, ...]]) -> AffineParameters:
    *numbers, mirrored, turned = zip(*maps, strict=True)
    floats = [ops.convert_to_tensor(np.array(column, np.float32)) for column in numbers]
    return AffineParameters(*floats, *(ops.convert_to_tensor(f) for f in (mirrored, turned)))


def noise_images(n: int, size: tuple[int, int] = (32, 32)) -> np.ndarray:
    return np.random.RandomState(0).randint(0, 256, (n, *size, 3)).astype(np.float32)


@given(maps=st.lists(MAPS, min_size=4, max_size=4), size=st.sampled_from([(32, 32), (20, 28)]))
@settings(max_examples=40, deadline=None)
def test_pixels_are_those_of_image_data_generator(maps, size: tuple[int, int]) -> None:
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    images = noise_images(len(maps), size)
    transforms = projective_transforms(as_tensors(maps), size)
    in_graph = ops.convert_to_numpy(sample(images, transforms))
    in_memory = move(images.astype(np.uint8), ops.convert_to_numpy(transforms))
    generator = ImageDataGenerator(data_format="channels_last")
    for image, *moved, values in zip(images, in_graph, in_memory, maps, strict=True):
        parameters = dict(zip(AffineParameters._fields, values, strict=True))
        theirs = generator.apply_transform(image, parameters)
        for ours in moved:
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)


def test_images_in_memory_are_moved_by_the_layer_s_maps() -> None:
    images = noise_images(200).astype(np.uint8)
    moved = augment(AffineAugmentation(), images, (0, 1))
    np.testing.assert_array_equal(moved, augment(AffineAugmentation(), images, (0, 1)))
    assert not np.allclose(moved, augment(AffineAugmentation(), images, (0, 2)))
    assert moved.min() >= 0
    assert moved.max() <= 255
    still = AffineAugmentation(0, 0, 0, 0, 0, horizontal_flip=True)
    mirrored = augment(still, images, (3,))
    flipped = np.isclose(mirrored, images[:, :, ::-1]).all(axis=(1, 2, 3))
    kept = np.isclose(mirrored, images).all(axis=(1, 2, 3))
    assert (flipped ^ kept).all()
    assert 60 < flipped.sum() < 140


@given(maps=st.lists(MAPS, min_size=4, max_size=4))
@settings(max_examples=10, deadline=None)
def test_transforms_follow_the_convention_of_keras_ops(maps) -> None:
    images = noise_images(len(maps))
    transforms = projective_transforms(as_tensors(maps), (32, 32))
    theirs = ops.image.affine_transform(
        images,
        transforms,
        interpolation="bilinear",
        fill_mode="nearest",
        data_format="channels_last",
    )
    ours = ops.convert_to_numpy(sample(images, transforms))
    np.testing.assert_allclose(ours, ops.convert_to_numpy(theirs), rtol=0, atol=TOLERANCE)


def test_identity_changes_nothing() -> None:
    still = as_tensors([(0.0, 0.0, 0.0, 0.0, 1.0, 1.0, False, False)])
    images = noise_images(1)
    moved = sample(images, projective_transforms(still, (32, 32)))
    np.testing.assert_array_equal(ops.convert_to_numpy(moved), images)


@pytest.mark.parametrize(("flip", "axis"), [("horizontal", 2), ("vertical", 1)])
def test_flip_mirrors_every_pixel(flip: str, axis: int) -> None:
    still = as_tensors([(0.0, 0.0, 0.0, 0.0, 1.0, 1.0, flip == "horizontal", flip == "vertical")])
    images = noise_images(1)
    moved = ops.convert_to_numpy(sample(images, projective_transforms(still, (32, 32))))
    np.testing.assert_array_equal(moved, np.flip(images, axis))


def test_parameters_fill_the_documented_ranges_evenly() -> None:
    drawn = draw_parameters(AffineAugmentation(), 20_000, (32, 32), keras.random.SeedGenerator(0))
    values = {name: ops.convert_to_numpy(v) for name, v in drawn._asdict().items()}
    ranges = {
        "theta": (-10, 10),
        "tx": (-3.2, 3.2),
        "ty": (-3.2, 3.2),
        "shear": (-0.01, 0.01),
        "zx": (0.95, 1.05),
        "zy": (0.95, 1.05),
    }
    for name, (low, high) in ranges.items():
        counts, _ = np.histogram(values[name], bins=10, range=(low, high))
        assert counts.sum() == 20_000, name
        assert np.all(np.abs(counts - 2_000) < 250), name
    numbers = np.stack([values[name] for name in ranges])
    assert np.all(np.abs(np.corrcoef(numbers) - np.eye(6)) < 0.03)
    assert abs(values["flip_horizontal"].mean() - 0.5) < 0.02
    assert not values["flip_vertical"].any()


def augmented(layer: RandomAffine, images: np.ndarray) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(layer(images, training=True)))


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_layer_moves_training_images_only(dtype: str) -> None:
    images = noise_images(8).astype(dtype)
    layer = RandomAffine()
    for training in (False, None):
        same = ops.convert_to_numpy(layer(images, training=training))
        np.testing.assert_array_equal(same, images)
    moved = augmented(layer, images)
    assert moved.shape == images.shape
    assert moved.dtype == np.float32
    assert all((one != other).any() for one, other in zip(moved, images, strict=True))


def test_each_image_and_each_batch_moves_in_its_own_way() -> None:
    images = np.repeat(noise_images(1), 8, axis=0)
    layer = RandomAffine()
    first, second = augmented(layer, images), augmented(layer, images)
    assert len(np.unique(np.concatenate([first, second]).reshape(16, -1), axis=0)) == 16


def test_seed_decides_the_maps() -> None:
    images = noise_images(4)
    one, again, other = (augmented(RandomAffine(seed=seed), images) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_layer_survives_its_config() -> None:
    layer = RandomAffine(AffineAugmentation(zoom=0.2), seed=3)
    again = RandomAffine.from_config(layer.get_config())
    assert (again.augmentation, again.seed) == (layer.augmentation, layer.seed)


@pytest.mark.parametrize("compiled", [False, True])
def test_training_step_runs_with_the_layer_inside(compiled: bool) -> None:
    network = keras.Sequential(
        [
            keras.Input((32, 32, 3), dtype="uint8"),
            RandomAffine(),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    network.compile("sgd", "sparse_categorical_crossentropy", jit_compile=compiled)
    loss = network.fit(
        noise_images(12).astype("uint8"), np.arange(12) % 2, batch_size=8, verbose=0
    ).history["loss"]
    assert np.isfinite(loss).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"rotation_degrees": -1},
        {"shear_degrees": -0.1},
        {"width_shift": 1},
        {"height_shift": -0.1},
        {"zoom": 1.5},
        {"zoom": float("nan")},
    ],
)
def test_bad_range_is_named(bad: dict[str, float]) -> None:
    with pytest.raises(DataError, match=next(iter(bad))):
        AffineAugmentation(**bad)


def test_images_of_unknown_size_are_refused() -> None:
    with pytest.raises(DataError, match="all but n known"):
        keras.Sequential([keras.Input((None, None, 3)), RandomAffine()])
