"""Options of a data set are part of how it is asked for, and travel to other processes."""

from pathlib import Path

import pytest

from bench.engines.session import Session
from bench.errors import BenchError
from bench.planning.datasets import load_asked, named_with_options
from bench.planning.prerequisites import Sources, load_images
from bench.planning.tiers import get_tier
from bench.records.store import RunStore
from datasets import DataError, ImageDataset
from datasets.cifar100 import loader as cifar100_loader
from datasets.errors import DataUnavailableError


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("cifar100", ("cifar100", {})),
        ("folder:image_size=64", ("folder", {"image_size": 64})),
        ("a:b=0.5,c=1e2,d=nan,e=x=y", ("a", {"b": 0.5, "c": 100.0, "d": "nan", "e": "x=y"})),
    ],
)
def test_options_stand_behind_the_name(asked: str, found: tuple) -> None:
    assert named_with_options(asked) == found


@pytest.mark.parametrize("asked", ["folder:", "folder:64", "folder:a=1,a=2", "folder:a=,b=1"])
def test_what_is_no_option_is_refused(asked: str) -> None:
    with pytest.raises(BenchError, match="give NAME:option=value"):
        named_with_options(asked)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"colour": 1}, "folder does not take colour"),
        ({"image_size": "x"}, "folder cannot be loaded with image_size=x"),
        ({"image_size": 1000}, "image size 1000; give 1 to 256"),
    ],
)
def test_unfit_option_is_named(options: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message) as refused:
        load_asked("folder", tmp_path, options)
    assert "\n" not in str(refused.value)


def test_options_reach_another_process(tmp_path: Path) -> None:
    session = Session(RunStore(tmp_path), Sources(tmp_path, "random", (("image_size", 64),)))
    assert Session.from_plain(session.to_plain()).sources == session.sources


def test_stand_in_of_a_tier_is_what_its_name_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that does one run asks by the name that planning found, and must get the same."""

    def load_nothing(*_: object, **__: object) -> ImageDataset:
        raise DataUnavailableError("no network")

    monkeypatch.setattr(cifar100_loader, "load", load_nothing)
    tier = get_tier("smoke")
    planned = load_images("auto", tier, Sources())
    assert planned.name == "shapes100"
    assert len(planned.train) == 100
    assert planned.fingerprint == load_images(planned.name, tier, Sources()).fingerprint
