"""Names that nobody knows, and the errors that end in one line."""

import pickle

import pytest

from bench.ablations.entries import select_ablations
from bench.approaches.registry import get_approach
from bench.errors import BenchError, RunError
from bench.explore.embeddings import choose_embedding
from bench.system.backend import choose_backend
from bench.system.guarded import user_errors
from bench.trackers.registry import get_entry
from datasets import DataUnavailableError
from models import WeightsError


@pytest.mark.parametrize(
    ("look_up", "misspelt", "meant"),
    [
        (get_approach, "basic_cn", "basic_cnn"),
        (lambda name: select_ablations((name,)), "cnn-optimiser", "cnn-optimizer"),
        (get_entry, "tracio", "trackio"),
        (choose_backend, "tensorflw", "tensorflow"),
        (choose_embedding, "vgg-19", "vgg19"),
    ],
)
def test_misspelt_name_gets_the_nearest_one_proposed(look_up, misspelt: str, meant: str) -> None:
    with pytest.raises(BenchError, match=f"unknown .* {misspelt!r}; did you mean {meant!r}"):
        look_up(misspelt)


@pytest.mark.parametrize("error", [BenchError, RunError, DataUnavailableError, WeightsError])
def test_every_error_that_a_user_can_fix_is_known_as_one(error: type[Exception]) -> None:
    assert issubclass(error, user_errors())


@pytest.mark.parametrize("error", [ValueError, TypeError, OSError, AttributeError])
def test_a_fault_of_the_program_is_none(error: type[Exception]) -> None:
    assert not issubclass(error, user_errors())


@pytest.mark.parametrize("error", [BenchError, RunError, DataUnavailableError, WeightsError])
@pytest.mark.promise(
    "a name in an error holds line breaks, terminal sequences or right-to-left marks",
    "one line of visible characters",
)
def test_the_text_of_an_error_is_one_line_that_commands_no_terminal(error) -> None:
    said = str(error("no data set a\nb \x1b[2J\x1b]8;;https://evil.example\x07 \u202e \u2028 é"))
    assert said.isprintable()
    assert said.startswith("no data set a")
    assert said.endswith(" é")


def test_an_error_says_the_same_after_a_trip_to_another_process() -> None:
    error = RunError("a\x1b[31m b\\n")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
