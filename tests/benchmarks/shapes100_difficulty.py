"""What the three CNNs reach on shapes100, by its difficulty: the table of `docs/shapes100.md`.

    python -m tests.benchmarks.shapes100_difficulty --difficulty 0.35 --seeds 0 1

prints one line a training as it ends, then the line of the table.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.approaches.registry import get_approach
from bench.system.backend import choose_backend
from datasets import ImageDataset, load_shapes100, tail_split

CNNS = ("basic_cnn", "improved_cnn", "improved_cnn_augmented")


def accuracy(dataset: ImageDataset, name: str, seed: int, epochs: int) -> float:
    """Test accuracy after the recipe's epochs, at most `epochs`, as the short tier trains."""
    import keras

    from bench.inputs.samples import ArraySamples
    from bench.training.epochs import Labelled
    from bench.training.loop import TrainingState, fit, predict, with_input_pipeline
    from models.logits import logits_of
    from models.registry import build_trainable

    approach = get_approach(name)
    recipe = approach.recipe
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    chosen, _ = tail_split(len(dataset.train), recipe.split.fraction)
    train = Labelled(ArraySamples(dataset.train.images[chosen]), dataset.train.fine[chosen])
    network = build_trainable(approach.model, dataset.input_shape, dataset.num_classes)
    pipeline = with_input_pipeline(logits_of(network), recipe, train.samples, seed)
    state = TrainingState(pipeline, recipe, None, epochs=min(epochs, recipe.epochs), seed=seed)
    fit(state, train)
    predicted = predict(pipeline, ArraySamples(dataset.test.images)).argmax(axis=1)
    return float(np.mean(predicted == dataset.test.fine))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--difficulty", type=float, required=True)
    parser.add_argument("--per-class", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    asked = parser.parse_args()
    choose_backend()
    cells = []
    with tempfile.TemporaryDirectory() as folder:
        dataset = load_shapes100(
            per_class=(asked.per_class, 10), difficulty=asked.difficulty, cache_dir=Path(folder)
        )
        for name in CNNS:
            scores = []
            for seed in asked.seeds:
                started = time.perf_counter()
                scores.append(100 * accuracy(dataset, name, seed, asked.epochs))
                took = time.perf_counter() - started
                print(f"{name}, seed {seed}: {scores[-1]:.1f} % in {took:.0f} s", flush=True)
            cells.append(" / ".join(f"{score:.1f}" for score in scores))
    print(f"| {asked.difficulty:g} | {asked.per_class} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
