"""What a folder of results holds, as data frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.approaches.registry import installed_approaches
from bench.leaderboard.build import build
from bench.leaderboard.model import Leaderboard
from bench.leaderboard.text import heading
from bench.records.record import RunRecord
from bench.records.store import RunStore

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results:
    """The records of one folder; read again by each call, so that it never goes stale.

    Attributes:
        store: where they lie.
    """

    store: RunStore

    @property
    def records(self) -> tuple[RunRecord, ...]:
        """Every run, validated.

        Raises:
            BenchError: a record is damaged.
        """
        return tuple(record for _, record in self.store.runs())

    @property
    def board(self) -> Leaderboard:
        """The leaderboard as `leaderboard.json` has it."""
        return build(self.store, installed_approaches().entries)

    def leaderboard(self) -> pd.DataFrame:
        """One line a row of the leaderboard; accuracies and intervals are fractions."""
        import pandas as pd

        lines = [
            {
                "section": heading(section),
                "rank": row.rank,
                "approach": row.label,
                "accuracy": row.accuracy.mean,
                "low": row.test_interval.low,
                "high": row.test_interval.high,
                "documented": row.documented_accuracy,
                "verdict": row.verdict.value if row.verdict else None,
                "seeds": len(row.seeds),
                "parameters": row.parameters,
            }
            for section in self.board.sections
            for row in section.rows
        ]
        return pd.DataFrame(lines)

    def _repr_html_(self) -> str:
        """How a notebook shows it: the leaderboard as a table."""
        html: str = self.leaderboard().to_html(index=False, float_format="{:.4f}".format)
        return html


def load(results: Path | str = "runs") -> Results:
    """The results in a folder.

    Raises:
        BenchError: there is no such folder.
    """
    from bench.records.opening import require_results

    return Results(RunStore(require_results(Path(results))))
