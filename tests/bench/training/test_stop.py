"""A wish to stop is found between two steps, and what was finished stays."""

import gc
import os
import signal

import numpy as np
import pytest

from bench.training.epochs import StepByStep
from bench.training.loop import TrainingState, fit, with_input_pipeline
from bench.training.stop import StopRequested, check_stop, clear_stop, request_stop, stop_requested
from tests.support.small_training import RECIPE, TRAIN, VALIDATION, network

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(autouse=True)
def forgotten():
    yield
    clear_stop()


def test_nothing_happens_unasked_or_after_it_is_forgotten() -> None:
    check_stop()
    request_stop()
    assert stop_requested()
    clear_stop()
    # Before it is looked for: what that raises would end all tests and not this one.
    assert not stop_requested()
    check_stop()


def test_no_handler_of_failures_takes_it_for_one() -> None:
    assert not issubclass(StopRequested, Exception)


def test_training_stops_before_its_next_step() -> None:
    pipeline = with_input_pipeline(network(), RECIPE, TRAIN.samples, 5)
    TrainingState(pipeline, RECIPE, None, epochs=1, seed=5)
    run = StepByStep(pipeline, TRAIN, 16)
    run(np.arange(60), (0, 1))
    done = int(pipeline.optimizer.iterations.numpy())
    request_stop()
    with pytest.raises(StopRequested):
        run(np.arange(60), (0, 2))
    assert int(pipeline.optimizer.iterations.numpy()) == done == 4


def test_stopped_training_goes_on_from_its_last_epoch(tmp_path) -> None:
    def begin(**options) -> TrainingState:
        pipeline = with_input_pipeline(network(), RECIPE, TRAIN.samples, 5)
        return TrainingState(
            pipeline, RECIPE, VALIDATION, epochs=3, seed=5, checkpoint=tmp_path / "c", **options
        )

    with pytest.raises(StopRequested):
        fit(begin(on_epoch=lambda epoch, _: request_stop() if epoch == 2 else None), TRAIN)
    clear_stop()
    told: list[int] = []
    fit(begin(on_epoch=lambda epoch, _: told.append(epoch)), TRAIN)
    assert told == [3]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.promise("Ctrl-C arrives inside a library", "it is not lost")
def test_signal_in_a_librarys_callback_is_lost_as_an_exception_but_not_as_a_flag() -> None:
    def callback(phase, info) -> None:
        if phase == "start":
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(1000):
                pass

    def collect() -> None:
        gc.callbacks.append(callback)
        try:
            gc.collect()
        finally:
            gc.callbacks.remove(callback)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        collect()  # The interrupt is printed and dropped: nothing is raised here.
        signal.signal(signal.SIGINT, lambda number, frame: request_stop())
        collect()
        with pytest.raises(StopRequested):
            check_stop()
    finally:
        signal.signal(signal.SIGINT, before)
