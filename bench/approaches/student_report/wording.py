"""How the claims of the student report are checked, in sentences that several share."""

SEEDS = "Means over seeds, held against the interval of their difference."
NEW_RUNS = "Held against the interval in which the difference of two new runs falls."
GAP = "Training minus validation accuracy, one difference per seed."
CONFUSION = "Counted in the confusion matrix of each seed's test images."
TWO_TRAININGS = (
    "Validation and test images come from one source, and here every seed scores nearly alike on "
    "both, so two numbers that differ by more may be of different trainings."
)
FIFTH = "On a fifth of the training images (ablation improvements). " + SEEDS
