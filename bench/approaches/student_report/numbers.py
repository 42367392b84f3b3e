"""The numbers that the student report prints, with the words around them."""

from __future__ import annotations

from bench.approaches.claims import Claim, Documented, Number, Quantity

_LAST_EPOCH = (
    'The report does not say how many "more epochs" are. Validation accuracy jumps by points from '
    "epoch to epoch, so where a run ends is partly luck (ablation cnn-epochs)."
)
_MORE_EPOCHS = (
    "The report does not say how many epochs it trained. Validation accuracy jumps by points from "
    "epoch to epoch, so where a run ends is partly luck (ablation augmented-epochs)."
)
_HEAD_RECIPE = (
    "The report gives neither optimizer nor batch size for this head (ablation vgg-optimizer)."
)
_PATIENCE = (
    "The report does not give its patience, nor optimizer and batch size: with each that was "
    "tried the head fits its images in a few epochs (ablation head-optimizer)."
)


def _number(
    approach: str,
    quantity: Quantity,
    value: float,
    step: float,
    section: str,
    words: str,
    *,
    explanation: str = "",
    informative: bool | None = None,
) -> Claim:
    counted = quantity.endswith("parameters")
    informative = not counted if informative is None else informative
    return Claim(
        name=f"{approach}-{quantity}".replace("_", "-"),
        section=section,
        words=words,
        says=Number(
            approach,
            Documented(
                quantity,
                value,
                step,
                section,
                explanation=explanation,
                informative=informative,
            ),
        ),
        checked="Counted in the model."
        if counted
        else "Set by the recipe."
        if not informative
        else "Held against the prediction interval of a new run.",
        informative=informative,
        explanation=explanation,
    )


def _counts(
    approach: str, section: str, total: int, trainable: int, rest: int
) -> tuple[Claim, ...]:
    return (
        _number(approach, "parameters", total, 1, section, f"Total params: {total:,}"),
        _number(
            approach,
            "trainable_parameters",
            trainable,
            1,
            section,
            f"Trainable params: {trainable:,}",
        ),
        _number(
            approach,
            "non_trainable_parameters",
            rest,
            1,
            section,
            f"Non-trainable params: {rest:,}",
        ),
    )


NUMBERS: tuple[Claim, ...] = (
    *_counts("basic_cnn", "2b", 184_004, 183_844, 160),
    _number(
        "basic_cnn",
        "epochs",
        10,
        1,
        "2c",
        "Use more epochs (instead of 10)",
        informative=False,
    ),
    _number("basic_cnn", "train_accuracy", 0.50, 0.01, "2b", "Training score: Accuracy = 0.50"),
    _number("basic_cnn", "train_loss", 1.86, 0.01, "2b", "Training score: Loss = 1.86"),
    _number("basic_cnn", "validation_accuracy", 0.36, 0.01, "2b", "Validation Accuracy = 0.36"),
    _number("basic_cnn", "validation_loss", 2.68, 0.01, "2b", "Validation Loss = 2.68"),
    _number(
        "basic_cnn", "test_accuracy", 0.387, 0.001, "2b", "Model's accuracy on test set is 38.7%"
    ),
    *_counts("improved_cnn", "2d", 497_092, 496_100, 992),
    _number(
        "improved_cnn",
        "validation_accuracy",
        0.4393,
        0.0001,
        "2d",
        "Result on testset is exactly as the validation accuracy",
        explanation=_LAST_EPOCH,
    ),
    _number(
        "improved_cnn",
        "test_accuracy",
        0.4393,
        0.0001,
        "2d",
        "Model's accuracy on test set is 43.93%",
        explanation=_LAST_EPOCH,
    ),
    *_counts("improved_cnn_augmented", "2d", 497_092, 496_100, 992),
    _number(
        "improved_cnn_augmented",
        "validation_accuracy",
        0.4876,
        0.0001,
        "2d",
        "Result on testset is exactly as the validation accuracy",
        explanation=_MORE_EPOCHS,
    ),
    _number(
        "improved_cnn_augmented",
        "test_accuracy",
        0.4876,
        0.0001,
        "2d",
        "Model's accuracy on test set is 48.76%",
        explanation=_MORE_EPOCHS,
    ),
    _number(
        "vgg19_linear",
        "epochs",
        20,
        1,
        "3a",
        "We used 20 epochs for fitting",
        informative=False,
    ),
    _number(
        "vgg19_linear",
        "test_accuracy",
        0.512,
        0.001,
        "3a",
        "Accuracy on test set is 51.2%",
        explanation=_HEAD_RECIPE,
    ),
    _number(
        "vgg19_forest",
        "test_accuracy",
        0.40,
        0.01,
        "3d",
        "Random Forest Classifier, Accuracy on test set is 40%",
    ),
    *_counts("vgg19_96_head", "3e", 48_493_476, 37_907_300, 10_586_176),
    _number(
        "vgg19_96_head",
        "epochs",
        23,
        1,
        "3e",
        "the model fitting was over after 23/50 epochs",
        explanation=_PATIENCE,
    ),
    _number(
        "vgg19_96_head",
        "train_accuracy",
        0.61,
        0.01,
        "3e",
        "Training score: Accuracy = 0.61",
        explanation=_PATIENCE,
    ),
    _number(
        "vgg19_96_head",
        "train_loss",
        1.37,
        0.01,
        "3e",
        "Training score: Loss = 1.37",
        explanation=_PATIENCE,
    ),
    _number("vgg19_96_head", "validation_accuracy", 0.60, 0.01, "3e", "Validation Accuracy = 0.60"),
    _number("vgg19_96_head", "validation_loss", 1.51, 0.01, "3e", "Validation Loss = 1.51"),
    _number(
        "vgg19_96_head",
        "test_accuracy",
        0.60,
        0.01,
        "3e",
        "The accuracy on the test set is similar to the validation accuracy (60%)",
    ),
    _number(
        "vgg19_96_forest",
        "test_accuracy",
        0.57,
        0.01,
        "3e",
        "Random Forest Classifier, Accuracy on test set is 57%",
    ),
)
