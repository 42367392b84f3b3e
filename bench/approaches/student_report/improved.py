"""What the student report says of its improved CNNs, beside the numbers."""

from __future__ import annotations

from bench.approaches.claims import Claim, Difference, Gap, GapShrinks, Order, Overfits, Term
from bench.approaches.student_report.wording import FIFTH, GAP, NEW_RUNS, SEEDS, TWO_TRAININGS

IMPROVED = (
    Claim(
        name="improvements-help",
        section="2d",
        words="Due to the improves mentioned above, we got better results",
        says=Order(
            Term("improved_cnn", "validation_accuracy"), Term("basic_cnn", "validation_accuracy")
        ),
        checked=SEEDS,
    ),
    Claim(
        name="improvements-gain",
        section="2d",
        words="Previous validation accuracy was 0.36; exactly as the validation accuracy (43.93%)",
        says=Difference(
            Term("improved_cnn", "validation_accuracy"),
            Term("basic_cnn", "validation_accuracy"),
            0.0793,
            0.01,
        ),
        checked=NEW_RUNS,
    ),
    *(
        Claim(
            name=f"improvement-{number}",
            section="2c",
            words=words,
            says=Order(
                Term(f"fifth/{better}", "validation_accuracy"),
                Term(f"fifth/{worse}", "validation_accuracy"),
            ),
            checked=FIFTH,
        )
        for number, words, better, worse in (
            (
                1,
                "Build Conv2D layers up to size 256 (instead of 64)",
                "basic_cnn+1-alone-filters-up-to-256",
                "basic_cnn",
            ),
            (
                2,
                "Use more epochs (instead of 10)",
                "basic_cnn+2-alone-20-epochs",
                "basic_cnn",
            ),
            (
                3,
                "Normalize the data",
                "basic_cnn+3-alone-pixels-255",
                "basic_cnn",
            ),
            (
                4,
                "Use Augmentation",
                "basic_cnn+4-alone-augmentation",
                "basic_cnn",
            ),
            (
                5,
                "Add more data to training - Changing the split-validate ratio",
                "basic_cnn+5-alone-45-000-images",
                "basic_cnn",
            ),
        )
    ),
    Claim(
        name="improved-overfits",
        section="2d",
        words="the model is still overfitting",
        says=Overfits("improved_cnn"),
        checked=GAP + " Overfitting is more than 5 points.",
    ),
    Claim(
        name="improved-test-as-validation",
        section="2d",
        words="Result on testset is exactly as the validation accuracy",
        says=Gap("improved_cnn", "test_accuracy", "validation_accuracy", 0.0, 0.0001),
        checked="One difference per seed.",
        explanation=TWO_TRAININGS,
    ),
    Claim(
        name="augmentation-gain",
        section="2d",
        words="Model's accuracy on test set is 48.76% (before: 43.93%)",
        says=Difference(Term("improved_cnn_augmented"), Term("improved_cnn"), 0.0483, 0.0001),
        checked=NEW_RUNS,
    ),
    Claim(
        name="augmentation-gain-at-equal-epochs",
        section="2d",
        words="Model's accuracy on test set is 48.76% (before: 43.93%)",
        says=Difference(
            Term("improved_cnn_augmented+20-epochs"), Term("improved_cnn"), 0.0483, 0.0001
        ),
        checked="With as many epochs as the model before it: the registered recipes of both train "
        "for 20, so that the runs are those of the claim above. " + NEW_RUNS,
    ),
    Claim(
        name="augmentation-helps",
        section="2d",
        words="Also, the validation accuracy is higher than before",
        says=Order(
            Term("improved_cnn_augmented", "validation_accuracy"),
            Term("improved_cnn", "validation_accuracy"),
        ),
        checked=SEEDS,
    ),
    Claim(
        name="augmentation-brings-together",
        section="2d",
        words="we can see that both training and validation are more correlated",
        says=GapShrinks("improved_cnn_augmented", than="improved_cnn"),
        checked=GAP + " The smaller of two gaps.",
    ),
    Claim(
        name="augmented-test-as-validation",
        section="2d",
        words="Result on testset is exactly as the validation accuracy",
        says=Gap("improved_cnn_augmented", "test_accuracy", "validation_accuracy", 0.0, 0.0001),
        checked="One difference per seed.",
        explanation=TWO_TRAININGS,
    ),
)
