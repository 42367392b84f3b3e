"""What others published, cited; none of it was run here."""

from __future__ import annotations

from collections.abc import Sequence

from bench.leaderboard import legends, text
from bench.leaderboard.published import DATASET, PublishedResult, published_results
from bench.leaderboard.tables import published_table
from bench.pages.sections import Section

ANCHOR = "published"


def section(results: Sequence[PublishedResult] | None = None) -> Section:
    """The published state of the art, the most accurate first."""
    found = published_results() if results is None else results
    return Section(
        anchor=ANCHOR,
        title=legends.PUBLISHED_TITLE,
        text=(text.published_legend(),),
        tables=(
            published_table(
                found,
                caption=f"Published test accuracies on {text.dataset_title(DATASET)} with their "
                "sources.",
                filter_label="Show methods or sources with",
            ),
        ),
    )
