"""What each tier caps, typed from the design; a cap that slips in would falsify a verdict."""

import pytest

from bench.errors import BenchError
from bench.planning.tiers import TIERS, get_tier

CAPS = ("train_per_class", "test_per_class", "max_epochs", "max_trees")
DESIGNED = {
    "smoke": ((1, 1, 1, 4), 1, "shapes100", "random"),
    "short": ((20, 10, 15, 100), 1, "auto", "auto"),
    "full": ((None, None, None, None), 5, "auto", "auto"),
}


@pytest.mark.parametrize("name", DESIGNED)
def test_tier_caps_what_was_designed(name: str) -> None:
    tier, (caps, seeds, dataset, weights) = get_tier(name), DESIGNED[name]
    assert tier.parameters == dict(zip(CAPS, caps, strict=True))
    assert (tier.seeds, tier.dataset, tier.weights) == (seeds, dataset, weights)
    assert tier.complete == (name == "full")


def test_there_are_no_others() -> None:
    assert [tier.name for tier in TIERS] == list(DESIGNED)
    with pytest.raises(BenchError, match="unknown tier 'fulll'"):
        get_tier("fulll")
