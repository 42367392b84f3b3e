"""Nearest pairs are those of a search of all, and a planted copy is found."""

import numpy as np
import pytest

from bench.errors import BenchError
from bench.explore.embeddings import choose_embedding, pixel_embedding, unit_samples
from bench.explore.near_duplicates import (
    cosines_figure,
    find_nearest,
    identical_pairs,
    labels_agree,
    near_duplicate_sentences,
    near_duplicate_table,
    nearest_rows,
    pair_groups,
    pairs_sheet,
    repeats,
)

EMBEDDING = pixel_embedding(16)


def _pooling():
    """A backbone that costs nothing."""
    import keras

    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.AveragePooling2D(8)])


@pytest.fixture
def planted(dataset, with_test_images):
    """Test image 5 is training image 9, and test image 6 its mirror image."""

    def plant(images) -> None:
        images[5] = dataset.train.images[9]
        images[6] = dataset.train.images[9][:, ::-1]

    return with_test_images(dataset, plant)


@pytest.mark.parametrize("chunks", [(7, 11), (1000, 1000)])
def test_search_in_chunks_is_the_search_of_all(chunks) -> None:
    random = np.random.default_rng(0)
    queries = unit_samples(random.normal(size=(30, 5)).astype(np.float32))
    rows = unit_samples(random.normal(size=(50, 5)).astype(np.float32))
    rows[40] = rows[3]
    place, product = nearest_rows(queries, rows, chunks)
    expected = queries @ rows.T
    np.testing.assert_array_equal(place, expected.argmax(axis=1))
    np.testing.assert_allclose(product, expected.max(axis=1), rtol=1e-5)


def test_nearest_is_the_largest_cosine_of_both_directions(dataset) -> None:
    nearest = find_nearest(dataset, EMBEDDING)
    embed = EMBEDDING.fit(dataset.train.images)
    known = embed(dataset.train.images)
    as_is, mirrored = (
        embed(p) @ known.T for p in (dataset.test.images, dataset.test.images[:, :, ::-1])
    )
    best = np.maximum(as_is.max(axis=1), mirrored.max(axis=1))
    np.testing.assert_allclose(nearest.cosine, best, rtol=1e-4)
    both = np.where(nearest.mirrored[:, None], mirrored, as_is)
    np.testing.assert_allclose(both[np.arange(300), nearest.train], best, rtol=1e-4)
    assert not nearest.identical.any()


def test_planted_copies_are_found(planted) -> None:
    nearest = find_nearest(planted, EMBEDDING)
    assert (nearest.train[5], nearest.cosine[5], nearest.mirrored[5]) == (9, 1.0, False)
    assert np.flatnonzero(nearest.identical).tolist() == [5]
    assert (nearest.train[6], nearest.mirrored[6]) == (9, True)
    assert nearest.cosine[6] == pytest.approx(1, abs=1e-4)


def test_identical_means_the_very_same_bytes() -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 2, 2, 3), np.uint8)
    others = images[[2, 0, 2]].copy()
    others[1, 0, 0, 0] ^= 1
    assert identical_pairs(images, others) == ((2, 0),)
    assert repeats(others) == 1


def test_table_and_words_count_the_pairs(planted) -> None:
    nearest = find_nearest(planted, EMBEDDING)
    agree = labels_agree(planted, nearest)
    near = nearest.cosine >= EMBEDDING.threshold
    same, close, both = near_duplicate_table(planted, nearest, EMBEDDING).rows
    assert same[1] == "1"
    assert int(close[1]) == near.sum() - 1
    assert both[1:4] == (f"{near.sum()}", f"{100 * near.mean():.2f} %", f"{(near & agree).sum()}")
    text = near_duplicate_sentences(planted, nearest, EMBEDDING)[0]
    assert text.startswith("1 test image of 300 (0.33 %)")


@pytest.mark.pages
def test_steps_count_every_test_image_once(planted, axes_of) -> None:
    nearest = find_nearest(planted, EMBEDDING)
    agree = labels_agree(planted, nearest)
    (axes,) = axes_of(cosines_figure(planted, nearest, EMBEDDING))
    same, different = (patch.get_data() for patch in axes.patches)
    assert same.values.sum() == agree.sum()
    assert different.values.sum() == (~agree).sum()
    step = (nearest.cosine >= same.edges[-2]) & agree
    assert same.values[-1] == step.sum()


@pytest.mark.pages
def test_pairs_are_shown_side_by_side(planted) -> None:
    nearest = find_nearest(planted, EMBEDDING)
    groups = pair_groups(planted, nearest, EMBEDDING)
    assert groups[0].tests == (5,)
    tests = [test for group in groups for test in group.tests]
    tiles = pairs_sheet(planted, nearest, groups).tiles
    assert len(tiles) == 2 * len(tests)
    for test, left, right in zip(tests, tiles[::2], tiles[1::2], strict=True):
        np.testing.assert_array_equal(left.pixels[::2, ::2], planted.test.images[test])
        train = nearest.train[test]
        np.testing.assert_array_equal(right.pixels[::2, ::2], planted.train.images[train])


def test_whitened_pixels_have_equal_variance_before_they_are_scaled(dataset) -> None:
    rows = pixel_embedding().fit(dataset.train.images)(dataset.test.images)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    assert rows.shape == (300, 128)


def test_backbone_features_are_an_embedding_too(dataset, tmp_path, monkeypatch) -> None:
    from bench.inputs import features

    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(features, "build_backbone", lambda name: _pooling())
    monkeypatch.setattr(features, "load_backbone_weights", lambda backbone, weights: None)
    embedding = choose_embedding("vgg19", "random")
    rows = embedding.fit(dataset.train.images[:8])(dataset.train.images[:8])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal((rows @ rows.T).argmax(axis=1), np.arange(8))


def test_unknown_embedding_is_named() -> None:
    with pytest.raises(BenchError, match="unknown embedding 'resnet'; known: pixels, vgg19"):
        choose_embedding("resnet")
