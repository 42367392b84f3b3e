"""What the student report says of its basic CNN, beside the numbers."""

from __future__ import annotations

from bench.approaches.claims import (
    Claim,
    Confused,
    Gap,
    ImprovesEachEpoch,
    NoAlternatives,
    OnlyDiagonal,
    Overfits,
    Stabilises,
)
from bench.approaches.student_report.wording import CONFUSION, GAP, TWO_TRAININGS

BASIC = (
    Claim(
        name="basic-overfits",
        section="2b",
        words="There is a big difference between the train and validation caused by overfitting",
        says=Overfits("basic_cnn"),
        checked=GAP + " Overfitting is more than 5 points.",
    ),
    Claim(
        name="basic-gap",
        section="2b",
        words="Accuracy = 0.50, Validation Accuracy = 0.36",
        says=Gap("basic_cnn", "train_accuracy", "validation_accuracy", 0.14, 0.01),
        checked=GAP,
    ),
    Claim(
        name="basic-improves-each-epoch",
        section="2b",
        words="the Accuracy on the Train set is getting better each epoch",
        says=ImprovesEachEpoch("basic_cnn"),
        checked="The learning curve of each seed; one fall is one too many.",
    ),
    Claim(
        name="basic-loss-improves",
        section="2b",
        words="Same for the Loss, Train set is improving",
        says=ImprovesEachEpoch("basic_cnn", "train_loss"),
        checked="The learning curve of each seed; one rise is one too many.",
    ),
    Claim(
        name="basic-stabilises",
        section="2b",
        words="while the validation is stabilized around 0.35",
        says=Stabilises("basic_cnn", 0.35),
        checked="Validation accuracy over the second half of the epochs: its mean, and how far "
        "its trend leads; both within 5 points.",
    ),
    Claim(
        name="basic-diagonal",
        section="2b",
        words="High values are located only on the diagonal line",
        says=OnlyDiagonal("basic_cnn"),
        checked=CONFUSION + " A high value off the diagonal is one above the class's own.",
    ),
    Claim(
        name="basic-no-alternatives",
        section="2b",
        words="there are no alternative classifications",
        says=NoAlternatives("basic_cnn", 0.1),
        checked=CONFUSION + " An alternative is a wrong class that a tenth of the images of a "
        "class go to; spread over all classes, each would get under one in a hundred.",
    ),
    Claim(
        name="hard-pairs",
        section="2b",
        words="Trees look alike and it's hard to get the correct one (same for Boy-Man and "
        "Squirrel-Rabbit)",
        says=Confused(
            "basic_cnn",
            (
                ("maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"),
                ("boy", "man"),
                ("squirrel", "rabbit"),
            ),
        ),
        checked=CONFUSION + " Within each group, more than an even spread of the mistakes gives "
        "(binomial test, Holm's correction).",
    ),
    Claim(
        name="basic-test-minus-validation",
        section="2b",
        words="Validation 36.0 %, Test set 38.7 %",
        says=Gap("basic_cnn", "test_accuracy", "validation_accuracy", 0.027, 0.001),
        checked="One difference per seed.",
        explanation=TWO_TRAININGS,
    ),
)
