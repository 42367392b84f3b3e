"""What is committed in `results/`: derived, explained, small."""

from pathlib import Path

from bench.analysis.verdicts import Verdict
from bench.leaderboard.build import build
from bench.records.store import RunStore
from bench.verification.verify import verify

RESULTS = Path(__file__).parents[2] / "results"
LARGEST = 60 << 20


def test_committed_results_follow_from_their_records() -> None:
    assert verify(RunStore(RESULTS)) == []


def test_every_number_that_is_not_reproduced_is_explained() -> None:
    for section in build(RunStore(RESULTS)).sections:
        for claim in section.claims.claims if section.claims else ():
            number = claim.subject and claim.verdict is Verdict.NOT_REPRODUCED
            assert not number or claim.explanation, claim.name


def test_records_are_small_enough_to_travel() -> None:
    sizes = [
        file.stat().st_size
        for folder in (*RunStore(RESULTS).folders(), *RunStore(RESULTS / "ablations").folders())
        for file in (folder / "record.json", folder / "predictions.npz")
    ]
    assert 0 < sum(sizes) < LARGEST
