"""The student report's approaches, each with what it documents and what was decided for it."""

from __future__ import annotations

from bench.approaches.approach import Approach
from bench.approaches.claims import Decision
from bench.approaches.recipes import (
    EarlyStopping,
    ForestRecipe,
    FrozenBackbone,
    NetworkRecipe,
    Optimizer,
    Split,
)
from bench.approaches.student_report import STUDENT_REPORT
from datasets.augmentation.parameters import AffineAugmentation

LAST_FIFTH = Split("tail", 0.2)
_OPTIMIZER = Decision(
    "Adam at Keras' rate of 0.001: the report names no optimizer, and Keras' `compile` had either "
    "no default (alone) or RMSprop (within TensorFlow). In runs on a fifth of the images, "
    "none of which is judged, Adam's validation accuracy is the highest of three (ablation "
    "cnn-optimizer); one choice holds for every network.",
    "validation",
)
_BATCH = Decision("Batches of 32, the default of Keras' `fit`.", "keras-default")

APPROACHES: tuple[Approach, ...] = (
    Approach(
        name="basic_cnn",
        title="Basic CNN",
        model="basic_cnn",
        recipe=NetworkRecipe(
            split=LAST_FIFTH, optimizer=Optimizer(), batch_size=32, epochs=10, scaling="raw"
        ),
        documented=STUDENT_REPORT.documented_of("basic_cnn"),
        decisions=(
            Decision(
                "Pixels stay 0-255: the report divides by 255 only in the improved model (2c, "
                "item 3).",
                "report",
            ),
            _OPTIMIZER,
            _BATCH,
        ),
        extra_seeds=3,
    ),
    Approach(
        name="improved_cnn",
        title="Improved CNN",
        model="improved_cnn",
        recipe=NetworkRecipe(
            split=LAST_FIFTH, optimizer=Optimizer(), batch_size=32, epochs=20, scaling="unit"
        ),
        documented=STUDENT_REPORT.documented_of("improved_cnn"),
        decisions=(
            Decision(
                "20 epochs: the report says more than 10, and the one other number of epochs that "
                "it sets by itself is the 20 of the next model (3a).",
                "report",
            ),
            _OPTIMIZER,
            _BATCH,
        ),
        extra_seeds=3,
    ),
    Approach(
        name="improved_cnn_augmented",
        title="Improved CNN, augmented",
        model="improved_cnn",
        recipe=NetworkRecipe(
            split=Split("tail", 0.1),
            optimizer=Optimizer(),
            batch_size=32,
            epochs=20,
            scaling="unit",
            augmentation=AffineAugmentation(),
        ),
        documented=STUDENT_REPORT.documented_of("improved_cnn_augmented"),
        extra_seeds=3,
        decisions=(
            Decision(
                "The report sets 'the validation_split to 0.9' to train on more images; taken "
                "literally that would train on 5,000, so it is read as 45,000 for training.",
                "report",
            ),
            Decision(
                "Everything else as in the improved model, the 20 epochs too: the report says of "
                "nothing else that it was changed.",
                "report",
            ),
        ),
    ),
    Approach(
        name="vgg19_linear",
        title="VGG-19 at 32x32, linear head",
        model="vgg19_linear",
        recipe=NetworkRecipe(
            split=LAST_FIFTH,
            optimizer=Optimizer(),
            batch_size=32,
            epochs=20,
            backbone=FrozenBackbone(image_size=32),
        ),
        decisions=(
            _OPTIMIZER,
            _BATCH,
            Decision(
                "Images go through VGG's `preprocess_input`, which Keras ships with the weights "
                "and they were trained with.",
                "keras-default",
            ),
        ),
        documented=STUDENT_REPORT.documented_of("vgg19_linear"),
        extra_seeds=3,
    ),
    Approach(
        name="vgg19_forest",
        title="Random forest on VGG-19 at 32x32",
        model="vgg19_linear",
        recipe=ForestRecipe(base="vgg19_linear", features="backbone"),
        documented=STUDENT_REPORT.documented_of("vgg19_forest"),
        decisions=(
            Decision(
                "The forest reads the layer below the class scores, the flattened backbone: the "
                "report uses 'the trained model as a feature extraction'.",
                "report",
            ),
        ),
    ),
    Approach(
        name="vgg19_96_head",
        title="VGG-19 at 96x96, 512/256 head",
        model="vgg19_96_head",
        recipe=NetworkRecipe(
            split=LAST_FIFTH,
            optimizer=Optimizer(),
            batch_size=32,
            epochs=50,
            early_stopping=EarlyStopping(),
            backbone=FrozenBackbone(image_size=96),
        ),
        documented=STUDENT_REPORT.documented_of("vgg19_96_head"),
        decisions=(
            _OPTIMIZER,
            _BATCH,
            Decision(
                "EarlyStopping as Keras makes it unless told otherwise: on the validation loss, "
                "with a patience of 0, and without going back to the best weights. The report "
                "gives the callback and at most 50 epochs, and none of its arguments.",
                "keras-default",
            ),
        ),
    ),
    Approach(
        name="vgg19_96_forest",
        title="Random forest on the 96x96 head",
        model="vgg19_96_head",
        recipe=ForestRecipe(base="vgg19_96_head", features="Dense_256"),
        documented=STUDENT_REPORT.documented_of("vgg19_96_forest"),
        decisions=(
            Decision(
                "The forest reads the layer below the class scores, as at 32x32: here the trained "
                "Dense 256.",
                "report",
            ),
        ),
    ),
)
