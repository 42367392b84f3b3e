"""What the student report says of the data and the field, and its conclusions."""

from __future__ import annotations

from bench.approaches.claims import Claim, DatasetCounts, NotCheckable, TopOfTable

DATA = (
    Claim(
        name="balanced",
        section="1c",
        words="the data is perfectly balanced - (500 for the train, 100 for the test)",
        says=DatasetCounts(100, 500, 100, (32, 32, 3)),
        checked="Counted in the labels of both splits by the data set's contract; the content "
        "digest in the records says that they are of these images.",
        # The data set is given, and its loader refuses any other.
        informative=False,
    ),
    Claim(
        name="well-cropped",
        section="1b",
        words="the images are well cropped and the main element is centered",
        says=NotCheckable(
            "CIFAR-100 has no boxes around its objects, so whether they are centred is a matter "
            "of taste."
        ),
    ),
    Claim(
        name="no-need-for-augmentation",
        section="1b",
        words="therefore there is no need for augmentation for this dataset",
        says=NotCheckable(
            "The report itself takes it back in its next paragraph: augmentation is also helpful. "
            "That is checked as augmentation-gain."
        ),
    ),
    Claim(
        name="top-of-the-field",
        section="1d",
        words="the top 4 methods were able to get an accuracy score above 90%; most of them were "
        "using 'Extra training data', not common (from #6 downwards)",
        says=TopOfTable(top=4, above=0.90, uncommon_from=6),
        checked="Held against the published results that the leaderboard cites, which are a "
        "selection and newer than the report's.",
    ),
)

CONCLUSIONS = (
    Claim(
        name="early-stopping-saves-time",
        section="conclusions",
        words="by using EarlyStopping we were able to train our models with less unnecessary "
        "epochs",
        says=NotCheckable(
            "The report gives a number of epochs with early stopping for one model only; that one "
            "is checked as head-stops-early."
        ),
    ),
    Claim(
        name="tools-are-helpful",
        section="conclusions",
        words="Printing some data samples were very helpful; Neptune.ai is a great way to manage",
        says=NotCheckable("What helps the authors to work is no property of the models."),
    ),
)
