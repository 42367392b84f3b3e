"""The same maps give the same pixels on TensorFlow and on JAX."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from datasets import AffineAugmentation
from datasets.augmentation.affine import draw_parameters, projective_transforms, sample
from tests.datasets.augmentation.test_augmentation import TOLERANCE, noise_images


@pytest.mark.short
def test_same_pixels_on_the_other_backend(tmp_path: Path) -> None:
    other = "jax" if keras.backend.backend() != "jax" else "tensorflow"
    pytest.importorskip(other)
    code = f"""
import keras, numpy as np
from datasets.augmentation.affine import AffineParameters, projective_transforms, sample
from datasets.augmentation.layer import RandomAffine
with np.load({str(tmp_path / "in.npz")!r}) as f:
    images, columns = f["images"], [f[name] for name in AffineParameters._fields]
parameters = AffineParameters(*map(keras.ops.convert_to_tensor, columns))
moved = sample(images, projective_transforms(parameters, (32, 32)))
np.save({str(tmp_path / "out.npy")!r}, keras.ops.convert_to_numpy(moved))
print(keras.backend.backend())
"""
    images = noise_images(64)
    seed = keras.random.SeedGenerator(1)
    drawn = draw_parameters(AffineAugmentation(), 64, (32, 32), seed)
    columns = {name: ops.convert_to_numpy(v) for name, v in drawn._asdict().items()}
    np.savez(tmp_path / "in.npz", images=images, **columns)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "KERAS_BACKEND": other, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [other], done.stderr
    here = ops.convert_to_numpy(sample(images, projective_transforms(drawn, (32, 32))))
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), here, rtol=0, atol=TOLERANCE)
