"""What the student report says of its models on VGG-19, beside the numbers."""

from __future__ import annotations

from bench.approaches.claims import (
    Claim,
    Difference,
    Gap,
    GoodFit,
    Order,
    Overfits,
    StopsEarly,
    Term,
)
from bench.approaches.student_report.wording import GAP, NEW_RUNS, SEEDS, TWO_TRAININGS

PRETRAINED = (
    Claim(
        name="dropping-layers-helps",
        section="3",
        words="the model wasn't doing so well; we were advised to drop the last 6 layers",
        says=Order(Term("vgg19_linear"), Term("vgg19_linear+uncut-backbone")),
        checked="The same head on the backbone with all of its layers. " + SEEDS,
    ),
    Claim(
        name="linear-overfits",
        section="3a",
        words="As we can see, the model is over fitting",
        says=Overfits("vgg19_linear"),
        checked=GAP + " Overfitting is more than 5 points.",
    ),
    Claim(
        name="forest-below-linear",
        section="3d",
        words="Accuracy on test set is 40% (the network: 51.2%)",
        says=Difference(Term("vgg19_forest"), Term("vgg19_linear"), -0.112, 0.01),
        checked=NEW_RUNS,
    ),
    Claim(
        name="stacking-helps",
        section="3e",
        words="model stacking to improve performance: image size, layers, more epochs",
        says=Order(Term("vgg19_96_head"), Term("vgg19_linear")),
        checked=SEEDS,
    ),
    Claim(
        name="head-stops-early",
        section="3e",
        words="By using EarlyStopping, the model fitting was over after 23/50 epochs",
        says=StopsEarly("vgg19_96_head", of=50),
        checked="The number of epochs of each seed; that they are 23 is a claim of its own.",
    ),
    Claim(
        name="head-good-fit",
        section="3e",
        words="The model has good fit, validation score is very similar to the training",
        says=GoodFit("vgg19_96_head"),
        checked=GAP + " A good fit is within 5 points either way.",
        explanation="While fitting, the training score is a mean over an epoch with dropout at "
        "work; the finished weights score far higher on the same images.",
    ),
    Claim(
        name="head-gap",
        section="3e",
        words="Accuracy = 0.61, Validation Accuracy = 0.60",
        says=Gap("vgg19_96_head", "train_accuracy", "validation_accuracy", 0.01, 0.01),
        checked=GAP,
    ),
    Claim(
        name="head-beats-scratch",
        section="3e",
        words="the Accuracy we got (60%) is better than the model from scratch (48%)",
        says=Order(Term("vgg19_96_head"), Term("improved_cnn_augmented")),
        checked=SEEDS,
    ),
    Claim(
        name="head-minus-scratch",
        section="3e",
        words="(60%) is better than the model from scratch from section 2 (48%)",
        says=Difference(Term("vgg19_96_head"), Term("improved_cnn_augmented"), 0.1124, 0.01),
        checked=NEW_RUNS,
    ),
    Claim(
        name="head-test-as-validation",
        section="3e",
        words="The accuracy on the test set is similar to the validation accuracy (60%)",
        says=Gap("vgg19_96_head", "test_accuracy", "validation_accuracy", 0.0, 0.01),
        checked="One difference per seed.",
        explanation=TWO_TRAININGS,
    ),
    Claim(
        name="forest-below-head",
        section="3e",
        words="Random Forest Classifier, Accuracy on test set is 57% (the network: 60%)",
        says=Difference(Term("vgg19_96_forest"), Term("vgg19_96_head"), -0.03, 0.01),
        checked=NEW_RUNS,
    ),
    Claim(
        name="second-forest-better",
        section="3e",
        words="A significant improve than the previous model (40%)",
        says=Order(Term("vgg19_96_forest"), Term("vgg19_forest")),
        checked=SEEDS,
    ),
    Claim(
        name="second-forest-gain",
        section="3e",
        words="Accuracy on test set is 57%. A significant improve than (40%)",
        says=Difference(Term("vgg19_96_forest"), Term("vgg19_forest"), 0.17, 0.01),
        checked=NEW_RUNS,
    ),
)
