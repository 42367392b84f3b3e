"""A small sound approach without a framework, and faulty ones made of it, for `bench check`."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np

from bench.approaches.recipes import BackboneDtype, NetworkRecipe, Optimizer, Split
from bench.estimators.protocol import Outcome, Task, scores_of, test_predictions
from bench.estimators.registry import ESTIMATORS, EstimatorEntry
from bench.records.predictions import Predictions
from bench.records.record import ModelPart
from bench.registry import Registry

NO_PARAMETERS = ModelPart(
    parameters=None, trainable_parameters=None, non_trainable_parameters=None, flops=None
)


@dataclass(frozen=True)
class ToyRecipe:
    """Class means of the mean colours, with a little noise of the seed."""

    estimator: str = "Sound"
    uses_seed: bool = True

    split: ClassVar[Split] = Split("tail", 0.2)
    base: ClassVar[None] = None
    needs_trained_base: ClassVar[bool] = False
    backbone: ClassVar[None] = None
    reads_features: ClassVar[bool] = False
    one_core: ClassVar[bool] = True

    def epochs_under(self, cap: int | None) -> int:
        return 0

    def with_backbone_dtype(self, dtype: BackboneDtype) -> ToyRecipe:
        return self


class Sound:
    """Sound; each fault below overrides one thing."""

    keep = staticmethod(Predictions.from_probabilities)

    def colours(self, samples: Any) -> np.ndarray:
        return samples.take(np.arange(len(samples))).mean(axis=(1, 2)).astype(np.float64)

    def noise(self, task: Task) -> np.random.RandomState:
        return np.random.RandomState(task.run.seed)

    def train_on(self, task: Task) -> tuple[np.ndarray, np.ndarray]:
        return self.colours(task.inputs.train.samples), task.inputs.train.labels

    def output(self, distances: np.ndarray) -> np.ndarray:
        likely = np.exp(-distances / 20)
        return likely / likely.sum(axis=1, keepdims=True)

    def means(self, task: Task) -> np.ndarray:
        values, labels = self.train_on(task)
        classes = range(task.inputs.num_classes)
        means = np.stack([values[labels == label].mean(axis=0) for label in classes])
        return means + self.noise(task).normal(0, 1, means.shape)

    def fit(self, task: Task) -> Outcome:
        inputs, means = task.inputs, self.means(task)

        def predict(samples: Any) -> np.ndarray:
            gaps = np.linalg.norm(self.colours(samples)[:, None] - means[None], axis=2)
            return self.output(gaps)

        return Outcome(
            model=NO_PARAMETERS,
            history=(),
            best_epoch=None,
            train=scores_of(predict(inputs.train.samples), inputs.train, self.keep),
            validation=scores_of(predict(inputs.validation.samples), inputs.validation, self.keep),
            test=test_predictions(predict(inputs.test.samples), inputs, self.keep),
            training_seconds=1.0,
            images_per_second=1.0,
        )


class LeaksTestImages(Sound):
    def train_on(self, task):
        parts = task.inputs.train, task.inputs.test
        values = np.concatenate([self.colours(part.samples) for part in parts])
        return values, np.concatenate([part.labels for part in parts])


class IgnoresItsSeed(Sound):
    def noise(self, task):
        return np.random.RandomState(0)


class DrawsFromTheClock(Sound):
    def noise(self, task):
        return np.random.RandomState(np.random.SeedSequence().generate_state(1))


class GivesScores(Sound):
    def output(self, distances):
        return 1 / (1 + distances / 100)


class ChangesItsInputs(Sound):
    def means(self, task):
        samples = task.inputs.train.samples
        samples.samples.array[...] //= 2
        return super().means(task)


class NamesTooManyClasses(Sound):
    def output(self, distances):
        right = super().output(distances)
        return np.concatenate([0.4 * right, 0.6 * np.ones((len(right), 1))], axis=1)


class KeepsItsFirstFit(Sound):
    first: ClassVar[list[np.ndarray]] = []

    def means(self, task):
        self.first.append(super().means(task))
        return self.first[0]


class FailsOnBlack(Sound):
    def output(self, distances):
        return super().output(distances)

    def colours(self, samples):
        with np.errstate(invalid="ignore"):
            found = super().colours(samples)
            return found / found.sum(axis=1, keepdims=True) * 380


class AsksTheNetwork(Sound):
    def means(self, task):
        with suppress(OSError):
            socket.create_connection(("example.org", 80), timeout=0.1)
        return super().means(task)


class ForgetsAnImage(Sound):
    def fit(self, task):
        outcome = super().fit(task)
        whole = outcome.test
        cut = {
            name: getattr(whole, name)[:-1]
            for name in vars(whole)
            if getattr(whole, name) is not None
        }
        object.__setattr__(outcome, "test", Predictions(**cut))
        return outcome


class MixesTheOrder(Sound):
    def fit(self, task):
        outcome = super().fit(task)
        whole = outcome.test
        mixed = {
            name: getattr(whole, name)[::-1]
            for name in vars(whole)
            if getattr(whole, name) is not None
        }
        object.__setattr__(outcome, "test", Predictions(**mixed))
        return outcome


FAULTS = tuple(kind for kind in Sound.__subclasses__())
ESTIMATORS_WITH_TOYS = Registry(
    "estimator",
    (
        *ESTIMATORS,
        *(
            EstimatorEntry(kind.__name__, "a toy", ToyRecipe, f"tests.support.toy:{kind.__name__}")
            for kind in (Sound, *FAULTS)
        ),
    ),
)

NETWORK = NetworkRecipe(Split("tail", 0.2), Optimizer(), batch_size=64, epochs=1)


def small(input_shape, num_classes, *more, last="softmax"):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.AveragePooling2D(8),
            *more,
            keras.layers.Flatten(),
            keras.layers.Dense(num_classes, activation=last, name="scores"),
        ]
    )


def without_softmax(input_shape, num_classes):
    return small(input_shape, num_classes, last=None)


def always_a_hundred(input_shape, num_classes):
    return small(input_shape, 100)


class _Unsaved(keras.layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        seed = np.random.SeedSequence().generate_state(1)
        self.scale = np.random.RandomState(seed).uniform(0.2, 2.0)

    def call(self, inputs):
        return inputs * self.scale


def unsaved(input_shape, num_classes):
    return small(input_shape, num_classes, _Unsaved())
