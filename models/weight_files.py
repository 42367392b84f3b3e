"""Arrays of weights from the bytes of an `.npz` or an HDF5 file that nobody vouches for.

Nothing is unpickled, only arrays that are expected are read, and none is given memory before its
declared type and shape are known to be the expected ones. So a file costs no more than its own
bytes and the expected values.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.errors import WeightsError, reason_of

Shape = tuple[int, ...]
# Of an .npy before its values: 64 or 128 bytes in practice.
_LARGEST_HEADER = 4096
# Of an HDF5 file: Keras' has 100, another's need not be read to its end.
_MOST_OBJECTS = 10_000


class Found(NamedTuple):
    """An array in a file, not yet read.

    Attributes:
        name: layer and part, `block1_conv1_kernel`.
        dtype: as declared.
        shape: as declared.
        read: gives the values, of that type and shape.
    """

    name: str
    dtype: np.dtype[Any]
    shape: Shape
    read: Callable[[], NDArray[Any]]


def read_weights(
    content: bytes, expected: Mapping[str, Shape], where: str
) -> dict[str, NDArray[np.float32]]:
    """The expected arrays of a file; what else it holds is left unread.

    Args:
        content: of the file, an `.npz` or in HDF5.
        expected: the shape of each array by its name.
        where: the file, for errors.

    Returns:
        float32 arrays by name, all values finite.

    Raises:
        WeightsError: the file is damaged, or an array is absent, there twice, of another shape,
            not of real floating-point numbers, or not finite.
    """
    found = _in_hdf5 if content.startswith(b"\x89HDF") else _in_npz
    arrays: dict[str, NDArray[np.float32]] = {}
    try:
        for item in found(content, expected):
            if item.name in arrays:
                raise WeightsError(f"{where}: {item.name} is there twice")
            arrays[item.name] = _checked(item, expected[item.name], where)
    except WeightsError:
        raise
    # Damage shows itself in nearly every kind of error that zipfile, NumPy and h5py have.
    except Exception as error:
        raise WeightsError(f"{where} is damaged: {reason_of(error)}") from error
    for name, shape in expected.items():
        if name not in arrays:
            raise WeightsError(f"{where}: {name} should be of shape {shape}, is absent")
    return arrays


def _checked(item: Found, shape: Shape, where: str) -> NDArray[np.float32]:
    if item.shape != shape:
        raise WeightsError(f"{where}: {item.name} should be of shape {shape}, is of {item.shape}")
    if item.dtype.kind != "f":
        raise WeightsError(f"{where}: {item.name} should be of float32, is of {item.dtype}")
    values = item.read()
    # What float32 cannot hold becomes infinite here, and is refused as such.
    with np.errstate(over="ignore"):
        found = values.astype(np.float32)
    if not np.isfinite(found).all():
        raise WeightsError(f"{where}: {item.name} holds values that are not finite numbers")
    return found


def _in_npz(content: bytes, expected: Mapping[str, Shape]) -> Iterator[Found]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if name in expected:
                with archive.open(member) as file:
                    yield _npy(name, file)


def _npy(name: str, file: Any) -> Found:
    # Bounded, as the header says itself how long it is.
    start = io.BytesIO(file.read(_LARGEST_HEADER))
    version = np.lib.format.read_magic(start)
    headers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in headers:
        raise ValueError(f"{name} is of .npy version {version}")
    shape, in_columns, dtype = headers[version](start)

    def read() -> NDArray[Any]:
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        rest = start.read()
        # One byte more than there should be, so that zipfile reaches its end and checks the CRC.
        values = rest + file.read(max(0, size - len(rest) + 1))
        if len(values) != size:
            raise ValueError(f"{name} holds more or fewer values than it declares")
        flat = np.frombuffer(values, dtype)
        return flat.reshape(shape, order="F" if in_columns else "C")

    return Found(name, dtype, shape, read)


def _in_hdf5(content: bytes, expected: Mapping[str, Shape]) -> Iterator[Found]:
    import h5py

    with h5py.File(io.BytesIO(content), "r") as file:
        # Soft and external links are not followed, so every object lies in these bytes.
        names: list[str] = []

        def collect(name: str) -> bool | None:
            names.append(name)
            return True if len(names) > _MOST_OBJECTS else None

        if file.visit(collect):
            raise ValueError(f"more than {_MOST_OBJECTS} objects")
        for path in names:
            data = file.get(path)
            if not isinstance(data, h5py.Dataset) or data.ndim not in (1, 4):
                continue
            # block1_conv1/block1_conv1_W_1:0 in the old files, .../block1_conv1/kernel:0 since.
            name = f"{path.split('/')[0]}_{'kernel' if data.ndim == 4 else 'bias'}"
            if name not in expected:
                continue
            if data.external or data.is_virtual:
                raise ValueError(f"{name} lies in another file")
            yield Found(name, data.dtype, tuple(data.shape), partial(data.__getitem__, ()))
