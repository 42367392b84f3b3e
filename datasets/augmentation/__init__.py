"""Random affine augmentation, on arrays and as a layer."""
