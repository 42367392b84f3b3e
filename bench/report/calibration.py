"""Does a confidence of 70 % mean being right in 70 of 100 cases?"""

from __future__ import annotations

from matplotlib.figure import Figure as Canvas

from bench.analysis.calibration import reliability
from bench.analysis.statistics import mean
from bench.pages.figures import MUTED, SERIES, Figure
from bench.records.metrics import CALIBRATION_BINS
from bench.report.curves import SIZE
from bench.report.groups import Group

# With more seeds than this their lines would be one blot.
_SINGLE = 10


def figure(group: Group) -> Figure:
    """The reliability diagram: accuracy against confidence, each dot as large as its bin."""
    bins = group.tally.bins
    together = reliability(bins)
    error = mean([record.test.calibration_error for record in group.records])
    manner = "too confident" if together.overconfidence > 0 else "too cautious"

    def draw(canvas: Canvas) -> None:
        axes = canvas.subplots()
        axes.plot([0, 100], [0, 100], color=MUTED, linewidth=1, linestyle=":", label="calibrated")
        if 1 < len(bins) <= _SINGLE:
            for number in range(len(bins)):
                found = reliability(bins[number : number + 1])
                name = "each seed" if number == 0 else None
                axes.plot(
                    100 * found.confidence,
                    100 * found.accuracy,
                    color=SERIES[0],
                    alpha=0.35,
                    linewidth=0.9,
                    label=name,
                )
        x, y = 100 * together.confidence, 100 * together.accuracy
        size = 12 + 160 * together.images / together.images.max()
        axes.plot(
            x,
            y,
            color=SERIES[0],
            linewidth=1.6,
            label="all seeds" if len(bins) > 1 else "one seed",
        )
        axes.scatter(x, y, s=size, color=SERIES[0], alpha=0.8, linewidth=0)
        axes.set_xlabel("confidence, %")
        axes.set_ylabel("right, %")
        axes.set_xlim(-2, 102)
        axes.set_ylim(-2, 102)
        axes.legend(loc="upper left")

    return Figure(
        name=f"{group.anchor}-calibration",
        title="Calibration",
        caption="How often the predicted class was right, by the probability that it was given, "
        f"in {CALIBRATION_BINS} equal bins; a dot's area grows with the number of test images "
        "in its bin. On the dotted line confidence can be taken at its word, below it is too "
        f"high. Expected calibration error {100 * error:.1f} % (mean over seeds; Guo et al. "
        f"2017). {group.provenance}",
        alternative=f"Reliability diagram of {group.title}: on the whole it is {manner}; the "
        f"expected calibration error is {100 * error:.1f} %.",
        draw=draw,
        size=SIZE,
    )
