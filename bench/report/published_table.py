"""What others published, cited; none of it was run here."""

from __future__ import annotations

from collections.abc import Sequence

from bench.leaderboard.published import PublishedResult, published_results
from bench.report.content import DataTable, PageSection

ANCHOR = "published"


def section(results: Sequence[PublishedResult] | None = None) -> PageSection:
    """The published state of the art, the most accurate first."""
    found = published_results() if results is None else results
    return PageSection(
        anchor=ANCHOR,
        title="Published, not run here",
        text=(
            "What others report for CIFAR-100's test set, as their sources state it; no run of "
            "this project verified it. Extra training data is whatever was trained on besides "
            "CIFAR-100.",
        ),
        tables=(
            DataTable(
                caption="Published test accuracies on CIFAR-100 with their sources.",
                columns=("method", "test accuracy", "extra training data", "source", "title"),
                rows=tuple(
                    (
                        result.method,
                        f"{100 * result.accuracy:.{result.digits}f} %",
                        result.extra_data or "none",
                        f"{result.citation.short}, {result.citation.where}",
                        result.citation.title,
                    )
                    for result in found
                ),
                keys=tuple(
                    (
                        result.method,
                        result.accuracy,
                        result.extra_data or "none",
                        result.citation.short,
                        result.citation.title,
                    )
                    for result in found
                ),
                link_column=3,
                links=tuple(result.citation.url for result in found),
                filter_label="Show methods or sources with",
            ),
        ),
    )
