"""The lab's network, trained as the book prints it and as the lab's file has it."""

from __future__ import annotations

from bench.approaches.approach import Approach
from bench.approaches.claims import Decision
from bench.approaches.recipes import NetworkRecipe, Optimizer, Split
from bench_statlearning.report import AS_IN_THE_FILE, AS_PRINTED, REPORT

_RMSPROP = Decision(
    "RMSprop at Keras' rate of 0.001: the lab gives `optimizer_rmsprop()` no argument.",
    "keras-default",
)


def _approach(name: str, title: str, epochs: int, source: str) -> Approach:
    return Approach(
        name=name,
        title=title,
        model="statlearning_cnn",
        # Pixels / 255, batches of 128, the last fifth held out: all printed in the lab.
        recipe=NetworkRecipe(
            split=Split("tail", 0.2),
            optimizer=Optimizer("rmsprop"),
            batch_size=128,
            epochs=epochs,
            scaling="unit",
        ),
        documented=REPORT.documented_of(name),
        decisions=(Decision(source, "report"), _RMSPROP),
    )


APPROACHES = (
    _approach(
        AS_PRINTED, "Statistical Learning CNN", 30, "30 epochs: the line that the book prints."
    ),
    _approach(
        AS_IN_THE_FILE,
        "Statistical Learning CNN, 10 epochs",
        10,
        "10 epochs: the line that the lab's file runs; the one with 30 is a comment in it.",
    ),
)
