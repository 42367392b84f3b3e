"""All checks, in the order in which a newcomer's faults are best found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.checks import of_fits, of_models
from bench.checks.subject import Subject

Check = Callable[[Subject], Iterator[str]]

CHECKS: tuple[Check, ...] = (
    of_models.model_has_as_many_outputs_as_classes,
    of_models.model_gives_probabilities,
    of_models.layer_table_is_the_documented_one,
    of_fits.can_be_fitted,
    of_fits.predicts_every_test_image,
    of_fits.names_only_classes_that_exist,
    of_fits.gives_probabilities,
    of_fits.gives_the_same_with_the_same_seed,
    of_fits.heeds_its_seed,
    of_fits.fits_without_the_test_images,
    of_fits.leaves_its_inputs_unchanged,
    of_fits.keeps_nothing_between_runs,
    of_fits.is_finite_on_a_black_image,
    of_fits.works_without_a_network,
    of_models.saved_weights_predict_the_same,
)


def violations(check: Check, subject: Subject) -> tuple[str, ...]:
    """What a check finds, a line each; an error that the approach raises is a finding too.

    Example:
        >>> from bench.checks import CHECKS, subject_of, violations
        >>> [check for check in CHECKS if violations(check, subject)]  # doctest: +SKIP
        []
    """
    try:
        return tuple(check(subject))
    # Whatever a foreign approach raises, even an exit, is its fault and has a name.
    except (Exception, SystemExit) as error:
        said = " ".join(str(error).split()) or "no reason given"
        return (f"{type(error).__name__}: {said}",)
