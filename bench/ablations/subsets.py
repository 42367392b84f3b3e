"""Parts of the images for ablations whose cost on all of them would be hours on a CPU.

A network of convolutions reads all test images in seconds, the backbone at 96x96 in minutes.
"""

from __future__ import annotations

from bench.planning.tiers import Tier


def _subset(name: str, train_per_class: int, test_per_class: int | None) -> Tier:
    return Tier(
        name=name,
        purpose="an ablation whose cost on all images would be hours on a CPU",
        train_per_class=train_per_class,
        test_per_class=test_per_class,
        max_epochs=None,
        max_trees=None,
        seeds=1,
    )


FIFTH = _subset("fifth", 100, None)
FIFTH_OF_BOTH = _subset("fifth-of-both", 100, 20)
TWENTIETH = _subset("twentieth", 25, 20)
