"""Random affine augmentation, declared as data; `augmentation_layer` carries it out."""

from __future__ import annotations

from dataclasses import dataclass

from datasets.errors import DataError


@dataclass(frozen=True)
class AffineAugmentation:
    """Ranges from which each image's affine map is drawn, uniformly and independently.

    The defaults are the report's (section 2d), and the ranges mean what the arguments of Keras'
    `ImageDataGenerator` mean. Pixels from outside take the value of the nearest edge pixel.

    Attributes:
        rotation_degrees: angle in [-r, r] degrees.
        width_shift: shift in [-r, r] times the width.
        height_shift: shift in [-r, r] times the height.
        shear_degrees: shear angle in [-r, r] degrees.
        zoom: two factors, one an axis, in [1 - r, 1 + r].
        horizontal_flip: whether half of the images are mirrored left to right.
        vertical_flip: whether half of the images are turned upside down.

    Raises:
        DataError: a range is negative, or a shift or the zoom is not below 1.
    """

    rotation_degrees: float = 10.0
    width_shift: float = 0.1
    height_shift: float = 0.1
    shear_degrees: float = 0.01
    zoom: float = 0.05
    horizontal_flip: bool = True
    vertical_flip: bool = False

    def __post_init__(self) -> None:
        for name in ("rotation_degrees", "shear_degrees"):
            if not getattr(self, name) >= 0:
                raise DataError(f"{name} {getattr(self, name)}; give 0 or more degrees")
        for name in ("width_shift", "height_shift", "zoom"):
            if not 0 <= getattr(self, name) < 1:
                raise DataError(f"{name} {getattr(self, name)}; give a fraction from 0 to below 1")
