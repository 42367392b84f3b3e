"""What stands on every leaderboard: titles, legends and how to read it, as plain text."""

TITLE = "Leaderboard"
UNREGISTERED = "†"
HOW_TO_READ = "How to read it"
ASIDE_TITLE = "Set aside"
ASIDE = (
    "These runs were measured and count no longer: a later run took their place, or they were "
    "withdrawn. They keep their records and predictions, in `set-aside/`, and `bench verify` says "
    "when one is missing."
)

SOURCE = (
    "Documented is what {reports}. Every approach of it was rebuilt and trained again; every "
    "measured number follows from a run record and its stored predictions."
)
MEASURED = "Every measured number follows from a run record and its stored predictions."
NOTHING_JUDGED = (
    "Nothing is judged: only runs of the full tier on the images that a report speaks of, from "
    "clean code under a protocol that was committed before them, may be held against its numbers."
)
COMPACT_LEGEND = (
    "Test accuracy in per cent: measured is the mean over {seeds} ± its 95 % interval, and Δ is "
    "measured − documented. In brackets: the smallest true difference, in points, that would have "
    "been noticed with 80 % power. Rows of one rank, marked =, are not proved to differ from its "
    "best. Cost is the mean training time of a run."
)
PLAIN_LEGEND = (
    "Test accuracy in per cent, mean over {seeds}{interval}. No verdict: {why}. Cost is the mean "
    "training time of a run."
)
LEGEND = (
    "Measured is the mean test accuracy ± its 95 % interval over seeds (Student's t; one seed has "
    "none) and SD the standard deviation over seeds; test set is the 95 % Wilson interval of that "
    "mean, for these images being a sample.",
    "Verdict says whether the documented number, itself one draw on so many images and rounded, "
    "lies within the 95 % prediction interval of a new run (reproduced), below it (exceeded) or "
    "above it (not reproduced); inconclusive means that it lies within an interval that is wider "
    "than the claim's tolerance, fitted that the recipe was chosen by looking at the number, "
    "undecided that there are fewer than three seeds. Only the full tier on the real images, under "
    "a protocol that was committed before, has one.",
    "Resolution, in brackets beside a verdict, is the smallest true difference that would have "
    "been called not reproduced with 80 % power at these seeds.",
    "Rank follows the means; rows that are not significantly different from the best of their "
    "rank (paired test on the same images, Holm's correction over all pairs) share it. Training "
    "is the mean time of a run, without reading the frozen backbone's features.",
    "`docs/method.md` gives the rules and their sources.",
)
UNREGISTERED_LEGEND = (
    f"{UNREGISTERED} not in the registry today, or there with another recipe than this row ran "
    "with."
)
CLAIMS_TITLE = "Every claim"
CLAIMS_LEGEND = (
    "Measured is what carries the verdict: of numbers the mean over seeds ± its 95 % interval, of "
    "differences and words the most telling fact. Other readings are of the same trainings: the "
    "weights after the last or the best epoch (lowest validation loss), and training scores while "
    "fitting or after training. Not informative is what could not have come out otherwise: "
    "parameter counts, and epochs that the recipe sets; the counts above leave it out."
)
EMPTY = (
    "There is no run yet. `bench run --tier short` runs every approach on a part of the images "
    "in minutes, `tox -e full` runs the documented protocols in hours; this page follows by itself."
)
STANDING_TITLE = "Where these approaches stand"
PUBLISHED_TITLE = "Published, not run here"
PUBLISHED_LEGEND = (
    "What others report for {dataset}'s test set, as their sources state it; no run of this "
    "project verified it. Extra training data is whatever was trained on besides {dataset}."
)
FILES = (
    "The same and more for programs: `leaderboard.csv`, one line per row, and `leaderboard.json`, "
    "everything; `docs/leaderboard-schema.md` of the project describes both."
)
