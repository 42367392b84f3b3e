"""Weights from files that nobody vouches for: the right arrays, or one line."""

import io
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import WeightsError
from models.weight_files import read_weights

SHAPES = {"a_kernel": (2, 2, 3, 4), "a_bias": (4,)}


def arrays() -> dict[str, np.ndarray]:
    draw = np.random.default_rng(0)
    return {name: draw.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}


def npz(values: dict[str, np.ndarray], save=np.savez) -> bytes:
    file = io.BytesIO()
    save(file, **values)
    return file.getvalue()


def hdf5(values: dict[str, np.ndarray], **options) -> bytes:
    """In the layout of Keras' own file."""
    file = io.BytesIO()
    with h5py.File(file, "w") as archive:
        for name, value in values.items():
            layer, part = name.split("_")
            archive.create_dataset(f"{layer}/{layer}/{part}:0", data=value, **options)
    return file.getvalue()


def outcome(content: bytes) -> dict[str, np.ndarray] | str:
    try:
        return read_weights(content, SHAPES, "w")
    except WeightsError as error:
        return str(error)


def refused(content: bytes) -> str:
    with pytest.raises(WeightsError) as caught:
        read_weights(content, SHAPES, "w")
    assert str(caught.value).isprintable()
    return str(caught.value)


FORMS = {
    "npz": npz,
    "compressed npz": lambda values: npz(values, np.savez_compressed),
    "hdf5": hdf5,
    "compressed hdf5": lambda values: hdf5(values, chunks=True, compression="gzip"),
    "float64": lambda values: npz({n: v.astype(np.float64) for n, v in values.items()}),
    "big-endian": lambda values: npz({n: v.astype(">f4") for n, v in values.items()}),
    "columns": lambda values: npz({n: np.asfortranarray(v) for n, v in values.items()}),
    "more than is expected": lambda values: npz({**values, "b_bias": np.array(["x"])}),
}


@pytest.mark.parametrize("form", FORMS)
def test_values_are_those_that_were_written(form: str) -> None:
    found = read_weights(FORMS[form](arrays()), SHAPES, "w")
    assert found.keys() == SHAPES.keys()
    for name, value in arrays().items():
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], value)


@pytest.mark.parametrize("write", [npz, hdf5])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.full((2, 2, 3, 4), np.nan), "a_kernel holds values that are not finite"),
        (np.full((2, 2, 3, 4), -np.inf), "a_kernel holds values that are not finite"),
        (np.full((2, 2, 3, 4), 1e300), "a_kernel holds values that are not finite"),
        (np.ones((2, 2, 3, 4), complex), "a_kernel should be of float32, is of complex128"),
        (np.ones((2, 2, 3, 4), int), "a_kernel should be of float32, is of int64"),
        (np.full((2, 2, 3, 4), b"x"), "a_kernel should be of float32, is of |S1"),
        (np.ones((2, 2, 3, 5)), "a_kernel should be of shape (2, 2, 3, 4), is of (2, 2, 3, 5)"),
    ],
)
@pytest.mark.promise("a kernel has another type or shape", "refused by its name")
def test_wrong_kernel_is_refused_by_its_name(write, value: np.ndarray, message: str) -> None:
    assert refused(write({**arrays(), "a_kernel": value})) == f"w: {message}" + (
        " numbers" if "finite" in message else ""
    )


@pytest.mark.parametrize("write", [npz, hdf5])
@pytest.mark.promise("a kernel holds NaN or infinity", "refused with the layer's name")
def test_one_value_that_is_not_a_number_is_found(write) -> None:
    values = arrays()
    values["a_bias"][3] = np.nan
    assert "a_bias holds values that are not finite" in refused(write(values))


@pytest.mark.parametrize("write", [npz, hdf5])
def test_absent_array_is_named(write) -> None:
    message = refused(write({"a_kernel": arrays()["a_kernel"]}))
    assert message == "w: a_bias should be of shape (4,), is absent"


@pytest.mark.promise("a bit of an `.npz` flips", "noticed")
def test_one_flipped_bit_is_noticed() -> None:
    content = bytearray(npz(arrays()))
    value = arrays()["a_kernel"].tobytes()
    content[content.index(value) + 40] ^= 1
    assert "w is damaged: Bad CRC-32" in refused(bytes(content))


@pytest.mark.promise("weights hold pickled objects", "never loaded")
def test_pickled_objects_are_never_loaded() -> None:
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    objects = np.empty((2, 2, 3, 4), object)
    objects[:] = Bomb()
    file = io.BytesIO()
    np.lib.format.write_array(file, arrays()["a_bias"])
    kernel = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        kernel, {"shape": (2, 2, 3, 4), "fortran_order": False, "descr": "|O"}
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a_bias.npy", file.getvalue())
        archive.writestr("a_kernel.npy", kernel.getvalue() + pickle.dumps(Bomb()))
    assert "a_kernel should be of float32, is of object" in refused(content.getvalue())


def declaring(shape: tuple[int, ...], values: bytes) -> bytes:
    member = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        member, {"shape": shape, "fortran_order": False, "descr": "<f4"}
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a_kernel.npy", member.getvalue() + values)
    return content.getvalue()


def test_a_byte_more_than_is_declared_is_noticed() -> None:
    """Beyond what is read along with the header."""
    shape = (40, 40, 1, 1)
    content = declaring(shape, bytes(4 * 1600 + 1))
    with pytest.raises(WeightsError, match="a_kernel holds more or fewer values"):
        read_weights(content, {"a_kernel": shape}, "w")
    assert not read_weights(declaring(shape, bytes(4 * 1600)), {"a_kernel": shape}, "w")[
        "a_kernel"
    ].any()


def huge_hdf5() -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as archive:
        archive.create_dataset("a/a/kernel:0", (1 << 20,) * 4, np.float32, chunks=(1, 1, 1, 1024))
    return file.getvalue()


BOMBS = {
    "declares a terabyte": lambda: declaring((1 << 10,) * 4, b""),
    "declares less than it holds": lambda: declaring((2, 2, 3, 4), bytes(64 << 20)),
    "declares more than it holds": lambda: declaring((2, 2, 3, 4), bytes(100)),
    "of another shape": lambda: declaring((4096, 4096, 1, 1), bytes(64 << 20)),
    "sparse hdf5": huge_hdf5,
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.promise("weights are a decompression bomb", "little memory, one line")
def test_bomb_takes_little_memory(bomb: str) -> None:
    content = BOMBS[bomb]()
    tracemalloc.start()
    try:
        assert "a_kernel" in refused(content)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.promise("an HDF5 file names other files", "they are not read")
def test_hdf5_reads_no_other_file(tmp_path: Path) -> None:
    values = tmp_path / "values"
    values.write_bytes(arrays()["a_kernel"].tobytes())
    other = tmp_path / "other.h5"
    other.write_bytes(hdf5(arrays()))
    layout = h5py.VirtualLayout((2, 2, 3, 4), np.float32)
    layout[:] = h5py.VirtualSource(str(other), "a/a/kernel:0", (2, 2, 3, 4))

    def raw(group: h5py.Group) -> None:
        outside = [(str(values), 0, h5py.h5f.UNLIMITED)]
        group.create_dataset("kernel:0", (2, 2, 3, 4), np.float32, external=outside)

    def virtual(group: h5py.Group) -> None:
        group.create_virtual_dataset("kernel:0", layout)

    def link(group: h5py.Group) -> None:
        group["kernel:0"] = h5py.ExternalLink(str(other), "a/a/kernel:0")

    for write, message in ((raw, "another file"), (virtual, "another file"), (link, "is absent")):
        path = tmp_path / f"{write.__name__}.h5"
        with h5py.File(path, "w") as archive:
            write(archive.create_group("a/a"))
        assert message in refused(path.read_bytes())


@pytest.mark.promise("an archive holds an array twice", "refused")
def test_array_that_is_there_twice_is_refused() -> None:
    file = io.BytesIO()
    with h5py.File(file, "w") as archive:
        archive["a/kernel:0"] = archive["a/other:0"] = arrays()["a_kernel"]
    assert refused(file.getvalue()) == "w: a_kernel is there twice"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x89HDF\r\n\x1a\n cut off"])
@pytest.mark.promise("a weights file is cut off", "one line")
def test_truncated_file_is_damaged(content: bytes) -> None:
    assert refused(content).startswith("w is damaged: ")


@pytest.mark.parametrize("form", ["npz", "compressed npz"])
@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_damaged_npz_gives_the_values_or_one_line(form: str, data: st.DataObject) -> None:
    content = bytearray(FORMS[form](arrays()))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 12))
        content[start : start + length] = data.draw(st.binary(max_size=12))
    found = outcome(bytes(content))
    if isinstance(found, str):
        assert found.isprintable()
        assert found.startswith("w")
        return
    # Damage outside of the values, or undone: what is read is what was written.
    for name, value in arrays().items():
        np.testing.assert_array_equal(found[name], value)
