"""Which GPUs the machine has, by the answer of a driver that is faked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system.gpus import installed_gpus
from tests.support.machines import fake_nvidia_smi, search_path_with


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    installed_gpus.cache_clear()
    yield
    installed_gpus.cache_clear()


@pytest.mark.parametrize(
    ("answer", "status", "found"),
    [
        ("NVIDIA H100 80GB HBM3", 0, ("NVIDIA H100 80GB HBM3",)),
        ("NVIDIA has failed because it could not communicate with the driver", 9, ()),
        ("", 0, ()),
    ],
)
def test_driver_is_believed_only_where_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, found: tuple[str]
) -> None:
    monkeypatch.setenv("PATH", search_path_with(fake_nvidia_smi(tmp_path, answer, status)))
    assert installed_gpus() == found


@pytest.mark.parametrize("visible", ["", "-1"])
def test_hidden_gpus_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str
) -> None:
    monkeypatch.setenv("PATH", search_path_with(fake_nvidia_smi(tmp_path)))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert installed_gpus() == ()


def test_machine_without_a_driver_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed_gpus() == ()
