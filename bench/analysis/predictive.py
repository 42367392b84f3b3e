"""How likely one more run is to reach a documented number."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bench.analysis.bands import accuracy_variance, spread_of
from bench.analysis.resolution import chi_ratios
from bench.analysis.statistics import mean


def probability_of_reaching(
    documented: float,
    measured: Sequence[float],
    *,
    step: float = 0.0,
    images: int | None = None,
    higher_is_better: bool = True,
) -> float | None:
    """Probability that a new run is at least as good as a documented number, as it was printed.

    The new run has the predictive distribution of a normal sample with unknown mean and variance,
    mean + sd·√(1 + 1/s)·t(s−1) (Geisser 1993, "Predictive Inference: An Introduction", section
    2.2; Hahn & Meeker 1991, section 4.7), and is scored on new images, whose draw adds a variance
    p(1 − p)/n. The sum of a t and a normal variable has no closed form: given χ² it is normal, and
    is averaged over χ².

    Args:
        documented: the published number.
        measured: one value per seed, in the same unit.
        step: the smallest step that the publication prints; half of it is granted.
        images: that an accuracy was measured on; `None` for other quantities.
        higher_is_better: as for accuracies; `False` for losses.

    Returns:
        A probability, or `None` with fewer than three seeds.
    """
    if len(measured) < 3:
        return None
    from scipy.special import ndtr

    spread, centre = spread_of(measured), mean(measured)
    sampling = 0.0 if images is None else accuracy_variance(min(1.0, max(0.0, centre)), images)
    margin = (centre - documented) if higher_is_better else (documented - centre)
    margin += step / 2
    scale = spread.deviation * spread.scale
    # A mean of equal values may be a few bits off them.
    if scale < 1e-12 and sampling == 0:
        return float(margin >= -1e-12)
    ratios, weights = chi_ratios(spread.seeds - 1)
    noise = (scale**2 / ratios**2 + sampling) ** 0.5
    return math.fsum(weights * ndtr(margin / noise))
