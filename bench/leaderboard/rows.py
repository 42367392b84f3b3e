"""From the runs of a row to the row."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis.grouping import Distinction, RowRuns, has_random_backbone
from bench.analysis.statistics import wilson_interval
from bench.analysis.verdicts import Reason, can_be_judged, judge
from bench.approaches.approach import Approach, Documented
from bench.approaches.claim_sets import dataset_of_report
from bench.approaches.recipes import with_backbone_dtype
from bench.approaches.registry import plain_recipe
from bench.leaderboard.measured import DIGITS, measured, rounded
from bench.leaderboard.model import Row
from bench.leaderboard.text import row_label, row_title
from bench.records.record import RunRecord

# Behind the name of a row of which only the predictions are known.
SUPPLIED = " (predictions supplied)"


def row(
    runs: RowRuns,
    *,
    anchor: str,
    rank: int,
    tied: bool,
    distinction: Distinction,
    approach: Approach | None,
    approaches: Sequence[Approach],
    fitted: bool,
) -> Row:
    """One row.

    Args:
        runs: its runs.
        anchor: of its part of the report.
        rank: in its section.
        tied: whether another row has the same rank.
        distinction: what sets it apart from rows like it.
        approach: its entry in the registry; `None` where it has none.
        approaches: the whole registry, for the recipe of a forest's network.
        fitted: whether the recipe was chosen by looking at the documented number.
    """
    records, first = runs.records, runs.first
    accuracy = [record.test.accuracy for record in records]
    documented = _documented(first, approach)
    judgement = None
    if documented is not None and all(map(can_be_judged, records)):
        judgement = judge(documented, accuracy, first.test.images, fitted=fitted)
    correct = runs.mean_accuracy * first.test.images
    return Row(
        anchor=anchor,
        rank=rank,
        tied=tied,
        approach=first.approach,
        title=row_title(approach.title if approach else title_of_unknown(first), distinction),
        label=row_label(title_of_unknown(first), distinction),
        recipe=runs.identity.recipe,
        registered=approach is not None
        and plain_recipe(approach, approaches) == with_backbone_dtype(first.recipe, "float32"),
        backend=first.environment.backend,
        device=first.environment.device,
        weights_sha256=first.weights.sha256 if first.weights else None,
        seeds=runs.seeds,
        documented_accuracy=documented.value if documented else None,
        documented_step=documented.step if documented else None,
        accuracy=measured(accuracy),
        difference=_rounded(runs.mean_accuracy - documented.value if documented else None),
        test_interval=rounded(wilson_interval(correct, first.test.images)),
        expected=rounded(judgement.expected) if judgement and judgement.expected else None,
        resolution=_rounded(judgement.resolution if judgement else None),
        verdict=judgement.verdict if judgement else None,
        reason=judgement.reason if judgement else Reason.NONE,
        probability=_rounded(judgement.probability if judgement else None),
        top5_accuracy=measured([record.test.top5_accuracy for record in records]),
        calibration_error=measured([record.test.calibration_error for record in records]),
        parameters=_parameters(first),
        flops=first.model.flops,
        training_seconds=measured([record.timings.training for record in records]),
        images_per_second=measured(
            [record.timings.training_images_per_second for record in records]
        ),
    )


def title_of_unknown(record: RunRecord) -> str:
    """The name of what is in no registry, marked where its predictions came from elsewhere."""
    return f"{record.approach}{SUPPLIED}" if record.supplied else record.approach


def _documented(record: RunRecord, approach: Approach | None) -> Documented | None:
    """The documented accuracy where it may stand beside the measured one.

    Beside other images or a random backbone it would invite a comparison that means nothing.
    """
    if approach is None or has_random_backbone(record):
        return None
    if record.dataset.name != dataset_of_report(approach.name):
        return None
    return approach.documented_value("test_accuracy")


def _parameters(record: RunRecord) -> int | None:
    """How many parameters; `None` for what has none, such as a forest."""
    model = record.model
    return None if not model.parameters and model.flops is None else model.parameters


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
