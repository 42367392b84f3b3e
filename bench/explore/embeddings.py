"""Embeddings in which copies of an image lie close together and unrelated images do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.approaches.recipes import FrozenBackbone
from bench.errors import unknown
from bench.explore.near_duplicates import Embedding
from bench.system.backend import import_backend
from datasets.array_cache import default_cache_dir
from models.vgg19_weights import BackboneWeights, find_weights

DIMENSIONS = 128
_CHUNK = 5_000
_ROWS = 1_000
# Of the largest variance: fewer images than dimensions leave axes that nothing varies along.
_NEGLIGIBLE = 1e-6

Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def choose_embedding(name: str, weights: str | None = None) -> Embedding:
    """An embedding by its name on the command line.

    Args:
        name: `pixels` or `vgg19`.
        weights: of VGG-19, see `models.vgg19_weights.find_weights`.

    Raises:
        BenchError: there is none of this name.
        models.WeightsError: VGG-19's weights are wanted and cannot be had.
    """
    if name == "pixels":
        return pixel_embedding()
    if name == "vgg19":
        return backbone_embedding(find_weights(weights), default_cache_dir())
    raise unknown("embedding", name, ("pixels", "vgg19"))


def pixel_embedding(dimensions: int = DIMENSIONS) -> Embedding:
    """Halved images, whitened: every principal component counts the same.

    Without whitening, smooth images (sky, sea, a plate on white) all resemble each other; with
    it what counts is the detail that two unrelated images do not share.
    """
    return Embedding(
        description=f"pixels, halved to 16 × 16 and whitened to {dimensions} principal components",
        threshold=0.8,
        fit=lambda images: whitening(pooled(images), pooled, dimensions),
    )


def whitening(points: NDArray[np.float32], describe: Embed, dimensions: int) -> Embed:
    """Principal components of equal variance, as directions.

    Args:
        points: float32 (n, d) that the components are fitted to.
        describe: from images to points.
        dimensions: how many components are kept at most; those without variance are not.

    Returns:
        From images to samples of unit length, float32 (n, at most dimensions).
    """
    mean = points.mean(axis=0, dtype=np.float64)
    moments = np.zeros((points.shape[1],) * 2)
    for start in range(0, len(points), _CHUNK):
        centred = points[start : start + _CHUNK] - mean
        moments += centred.T @ centred
    variances, axes = np.linalg.eigh(moments / len(points))
    variances, axes = variances[::-1], axes[:, ::-1]
    kept = min(dimensions, max(1, int((variances > _NEGLIGIBLE * variances[0]).sum())))
    scaled = (axes[:, :kept] / np.sqrt(variances[:kept] + 1e-12)).astype(np.float32)
    middle = mean.astype(np.float32)
    return lambda images: unit_samples((describe(images) - middle) @ scaled)


def unit_samples(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each sample (n, d) divided by its length; a sample of zeros stays."""
    lengths = np.linalg.norm(samples, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (samples / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def pooled(images: NDArray[np.uint8], factor: int = 2) -> NDArray[np.float32]:
    """Means of `factor` x `factor` pixels, float32 (n, h w 3 / factor²)."""
    n, height, width, channels = images.shape
    found = np.empty((n, height // factor, width // factor, channels), np.float32)
    for start in range(0, n, _CHUNK):
        chunk = images[start : start + _CHUNK].astype(np.float32)
        found[start : start + _CHUNK] = chunk.reshape(
            len(chunk), height // factor, factor, width // factor, factor, channels
        ).mean(axis=(2, 4))
    return found.reshape(n, -1)


def backbone_embedding(weights: BackboneWeights, cache: Path) -> Embedding:
    """The frozen VGG-19 backbone's features at 32 x 32, as `vgg19_linear` reads them, whitened.

    A feature is kept as its mean over the 4 x 4 places. Reading 60,000 images, and the test
    images mirrored, takes five minutes on two cores; the features are cached.

    Args:
        weights: of the backbone.
        cache: folder of the cache of features.
    """
    model, backbone = "vgg19_linear", FrozenBackbone(image_size=32)

    def means(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        # Keras comes in only where its features are wanted.
        from bench.inputs.features import features_of

        import_backend()
        samples = features_of(images, model=model, backbone=backbone, weights=weights, cache=cache)
        chunks = np.array_split(np.arange(len(samples)), max(1, len(samples) // _ROWS))
        return np.concatenate([samples.take(c).mean(axis=(1, 2), dtype=np.float32) for c in chunks])

    return Embedding(
        description=(
            f"features of a frozen backbone ({weights.description}), averaged over places and "
            f"whitened to {DIMENSIONS} principal components"
        ),
        threshold=0.8,
        fit=lambda images: whitening(means(images), means, DIMENSIONS),
    )
