"""What the lab says, as claims.

G. James, D. Witten, T. Hastie and R. Tibshirani, "An Introduction to Statistical Learning", 2nd
edition, Springer 2021, section 10.9.3 (lab, "Convolutional Neural Networks"), and the lab's file
that its authors offer at https://www.statlearning.com.
"""

from __future__ import annotations

from bench.approaches.claims import (
    Claim,
    ClaimSet,
    DatasetCounts,
    Documented,
    NotCheckable,
    Number,
)

AS_PRINTED, AS_IN_THE_FILE = "statlearning_cnn", "statlearning_cnn_10_epochs"
_SECTION = "10.9.3"
_ACHIEVES = "This model takes 10 minutes to run and achieves 46% accuracy on the test data"


def _accuracy(name: str, approach: str) -> Claim:
    return Claim(
        name=name,
        section=_SECTION,
        words=_ACHIEVES,
        says=Number(approach, Documented("test_accuracy", 0.46, 0.01, _SECTION)),
        checked="Held against the prediction interval of a new run. The sentence is the same where "
        "the lab trains for 30 epochs and where it trains for 10, so both are run.",
    )


REPORT = ClaimSet(
    name="statlearning-lab",
    title="An Introduction to Statistical Learning, lab 10.9.3",
    citation='"An Introduction to Statistical Learning" (James, Witten, Hastie and Tibshirani, '
    "2nd edition, 2021) says in its lab 10.9.3",
    claims=(
        _accuracy("accuracy-as-printed", AS_PRINTED),
        _accuracy("accuracy-as-in-the-file", AS_IN_THE_FILE),
        Claim(
            name="training-images",
            section=_SECTION,
            words="The array of 50,000 training images has four dimensions: each three-color image "
            "is represented as a set of three channels, each of which consists of 32×32 eight-bit "
            "pixels",
            says=DatasetCounts(100, 500, 100, (32, 32, 3)),
            checked="By the data set's contract.",
            # The data set is given, and its loader refuses any other.
            informative=False,
        ),
        Claim(
            name="ten-minutes",
            section=_SECTION,
            words="This model takes 10 minutes to run",
            says=NotCheckable("The lab does not say on which machine."),
        ),
    ),
    approaches=(AS_PRINTED, AS_IN_THE_FILE),
    dataset="cifar100",
)
