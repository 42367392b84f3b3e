"""The layer that augments a batch inside the graph, on the device."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from datasets.augmentation.affine import draw_parameters, projective_transforms, sample
from datasets.augmentation.parameters import AffineAugmentation
from datasets.errors import DataError


@keras.saving.register_keras_serializable(package="cifar100_bench")
class RandomAffine(keras.layers.Layer):  # type: ignore[misc]
    """Move every training image by an affine map of its own; let others pass.

    Takes (n, height, width, channels), channels last, of any dtype, pixels in any range, and gives
    the same shape in the layer's compute dtype. Compiles on every backend.

    Args:
        augmentation: the ranges; a mapping of its fields is taken as well.
        seed: of the draws; the same seed gives the same sequence of maps.
        **kwargs: of `keras.layers.Layer`.

    Raises:
        DataError: the height, width or channels of the images are not known.

    Example:
        >>> layer = RandomAffine(AffineAugmentation(), seed=0)
        >>> layer(np.zeros((2, 32, 32, 3), "uint8"), training=True).shape
        (2, 32, 32, 3)
    """

    def __init__(
        self,
        augmentation: AffineAugmentation | Mapping[str, Any] = AffineAugmentation(),  # noqa: B008
        *,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(augmentation, Mapping):
            augmentation = AffineAugmentation(**augmentation)
        self.augmentation = augmentation
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Check that the maps can be drawn for this shape."""
        if len(input_shape) != 4 or None in input_shape[1:]:
            raise DataError(
                f"images of shape {input_shape}; give (n, height, width, channels), all but n known"
            )

    def call(self, images: Any, training: bool | None = False) -> Any:
        """Moved images in training, else the same images; always in the compute dtype."""
        if training:
            size = images.shape[1], images.shape[2]
            count = ops.shape(images)[0]
            parameters = draw_parameters(self.augmentation, count, size, self.seed_generator)
            images = sample(images, projective_transforms(parameters, size))
        return ops.cast(images, self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """What the layer is made from."""
        config: dict[str, Any] = super().get_config()
        return {**config, "augmentation": dataclasses.asdict(self.augmentation), "seed": self.seed}
