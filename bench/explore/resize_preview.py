"""What the backbone sees of an image that was made larger for it, by each interpolation."""

from __future__ import annotations

from typing import get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from bench.approaches.recipes import FrozenBackbone, NetworkRecipe
from bench.approaches.registry import installed_approaches
from bench.explore.samples import chosen
from bench.explore.sheet import LINE, WIDTH, Sheet, Tile, Words, strip
from bench.explore.wording import called
from bench.pages.figures import MUTED, Figure
from bench.pages.words import enumerated, readable
from bench.system.backend import import_backend
from datasets import ImageDataset

SIZE = 96
METHODS: tuple[str, ...] = get_args(get_type_hints(FrozenBackbone)["resize"])
IMAGES = 6
_LABELS = 56
_GAP = 3


def resized(images: NDArray[np.uint8], method: str, size: int = SIZE) -> NDArray[np.uint8]:
    """Images (n, h, w, 3) as the backbone's own input layer resizes them, (n, size, size, 3).

    Rounded and cut to 0 to 255 for showing: bicubic interpolation overshoots, and the backbone gets
    what it gives.
    """
    import_backend()
    from keras import ops

    from bench.inputs.features import BackboneInput

    layer = BackboneInput(FrozenBackbone(size, resize=method, scaling="raw"))  # type: ignore[arg-type]
    large = ops.convert_to_numpy(layer(images))
    return np.clip(np.rint(large), 0, 255).astype(np.uint8)


def resize_sheet(dataset: ImageDataset, positions: NDArray[np.int64]) -> Sheet:
    """A column a test image: as it is, then by each of `METHODS`."""
    images = dataset.test.images[positions]
    height, width, _ = dataset.input_shape
    step = SIZE + _GAP
    tiles: list[Tile] = []
    words = [Words(LINE + height / 2, 0, f"{width} × {height}", bold=True)]
    for column, (position, image) in enumerate(zip(positions, images, strict=True)):
        left = _LABELS + column * step
        name = readable(dataset.fine_names[dataset.test.fine[position]])
        words.append(Words(LINE / 2, left, name, colour=MUTED))
        tiles.append(Tile(LINE, left, image))
    top = LINE + height + _GAP
    for method in METHODS:
        words.append(Words(top + SIZE / 2, 0, method, bold=True))
        tiles += strip(list(resized(images, method)), top=top, left=_LABELS, gap=_GAP)
        top += step
    return Sheet(top - _GAP, tuple(tiles), tuple(words), WIDTH)


def resize_figure(dataset: ImageDataset, seed: int = 0) -> Figure:
    """A few test images, 32 to 96, by each interpolation."""
    labels = np.random.RandomState(seed).permutation(dataset.num_classes)[:IMAGES]
    positions = np.concatenate([chosen(dataset.test.fine, int(n), 1, seed) for n in labels])
    sheet = resize_sheet(dataset, positions)
    height, width, _ = dataset.input_shape
    names = enumerated([readable(dataset.fine_names[n]) for n in dataset.test.fine[positions]])
    return Figure(
        name="resize",
        title=f"From {width} × {height} to {SIZE} × {SIZE} pixels",
        caption=(
            f"Test images {enumerated([str(p) for p in positions])}, drawn at random (seed "
            f"{seed}), as they are and made larger by the backbone's own resize. {_used()} "
            f"{called(dataset)}."
        ),
        alternative=(
            f"{len(positions)} images ({names}), each small at the top and three times as large "
            f"below by {enumerated(METHODS)} interpolation: nearest shows square pixels, the "
            "others are smooth."
        ),
        draw=sheet.draw,
        size=sheet.size,
    )


def _used() -> str:
    """Which approaches resize, and how, by the registry."""
    found: dict[str, list[str]] = {}
    for approach in installed_approaches():
        recipe = approach.recipe
        backbone = recipe.backbone if isinstance(recipe, NetworkRecipe) else None
        if backbone and backbone.image_size == SIZE:
            found.setdefault(backbone.resize, []).append(approach.name)
    return " ".join(f"{enumerated(names)} uses {method}." for method, names in found.items())
