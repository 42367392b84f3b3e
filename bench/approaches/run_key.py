"""The key of a run: one hash of all that determines its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.approaches.recipes import digest

# Raised when the same key would no longer give the same result.
CODE_VERSION = 2


def run_key(
    *,
    code_version: int,
    approach: str,
    recipe: Mapping[str, Any],
    dataset: str,
    tier: Mapping[str, Any],
    seed: int,
    backend: str,
    weights: str | None,
) -> str:
    """Hash of what determines a run, 12 hexadecimal digits.

    Args:
        code_version: of the code that computes results, `CODE_VERSION` for a new run.
        approach: its name.
        recipe: as plain JSON values, see `bench.approaches.registry.plain_recipe`.
        dataset: fingerprint of the images and labels.
        tier: its parameters; a cap that is not set has no part in the key, so that tiers can gain
            new caps without new keys for old runs.
        seed: of weights, order and masks.
        backend: Keras' backend.
        weights: SHA-256 of the pretrained weights, or their description where they have none;
            `None` for a model trained from scratch.
    """
    return digest(
        {
            "version": code_version,
            "approach": approach,
            "recipe": recipe,
            "dataset": dataset,
            "tier": {name: value for name, value in tier.items() if value is not None},
            "seed": seed,
            "backend": backend,
            "weights": weights,
        }
    )
