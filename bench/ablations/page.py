"""The ablations as people read them: `ablations/README.md`, and the same as sections of a page."""

from __future__ import annotations

from bench.ablations.entries import ABLATIONS, Ablation
from bench.ablations.planning import ablation_store
from bench.ablations.results import (
    AblationResult,
    LearningCurve,
    Outcome,
    ablation_results,
    learning_curves,
)
from bench.approaches.registry import get_approach
from bench.pages.markdown import to_markdown
from bench.pages.sections import Section, Table
from bench.records.store import RunStore
from bench.system.files import write_text_atomically

PAGE = "README.md"
NONE = "—"
_TITLE = "Ablations"
_LEAD = (
    "What the report leaves open is settled here by runs that differ in one thing. Every number "
    "follows from the records beside this page and those of the leaderboard. «While fitting» is "
    "the running accuracy on the training batches at the epoch whose weights were kept, with "
    "dropout at work; train, validation and test accuracy are scored after training. «Difference» "
    "is to the test accuracy of the variant named beside it, with its 95 % interval: over seeds "
    "and images where there are several seeds, over images alone where there is one. «Off» is "
    "the mean distance of all documented accuracies from the measured ones. «Chosen» marks the "
    "recipe that the leaderboard runs with."
)


def ablation_section(results: RunStore) -> Section:
    """All ablations that have records, one section each.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    found = ablation_results(results, ABLATIONS)
    return Section(
        anchor="ablations",
        title=_TITLE,
        text=(_LEAD,),
        sections=tuple(
            section
            for ablation in ABLATIONS
            if (
                section := _section(
                    ablation,
                    [result for result in found if result.ablation is ablation],
                    learning_curves(results, ablation),
                )
            ).tables
        ),
    )


def ablation_markdown(results: RunStore) -> str:
    """The content of the page; the same records give the same bytes."""
    return to_markdown(ablation_section(results))


def write_ablations(results: RunStore) -> None:
    """Write the page, atomically; nothing where no ablation was ever run.

    Raises:
        BenchError: a record or predictions are damaged, or the folder cannot be written to.
    """
    store = ablation_store(results)
    if store.folders():
        write_text_atomically(store.root / PAGE, ablation_markdown(results))


def _section(
    ablation: Ablation, results: list[AblationResult], curves: list[LearningCurve]
) -> Section:
    text = [ablation.question]
    if ablation.approach:
        documented = ", ".join(
            f"{d.quantity.replace('_', ' ')} {d.value:g}"
            for d in get_approach(ablation.approach).documented
            if not d.quantity.endswith("parameters")
        )
        text.append(f"Documented for {ablation.approach}: {documented}.")
    if ablation.conclusion:
        text.append(ablation.conclusion)
    return Section(
        anchor=ablation.name,
        title=_title(ablation.name),
        text=tuple(text),
        tables=(*map(_table, results), *map(_course_table, curves)),
    )


def _title(name: str) -> str:
    words = name.replace("-", " ").capitalize()
    return words.replace("Vgg", "VGG").replace("Cnn", "CNN")


def _table(result: AblationResult) -> Table:
    return Table(
        caption=f"{result.ablation.tier.name} tier, {result.setting}.",
        columns=(
            "variant",
            "seeds",
            "epochs",
            "while fitting",
            "train",
            "validation",
            "validation loss",
            "test",
            "difference",
            "against",
            "off",
        ),
        rows=tuple(_row(result.ablation, outcome) for outcome in result.outcomes),
    )


def _course_table(state: LearningCurve) -> Table:
    return Table(
        caption=f"Validation accuracy of {state.approach} after each epoch, mean of "
        f"{len(state.seeds)} seeds, full tier, {state.setting}. Documented: "
        f"{_documented_validation(state.approach)}.",
        columns=("epoch", "validation"),
        rows=tuple(
            (str(epoch), _percent(accuracy)) for epoch, accuracy in enumerate(state.accuracy, 1)
        ),
    )


def _documented_validation(approach: str) -> str:
    documented = get_approach(approach).documented_value("validation_accuracy")
    return f"{100 * documented.value:g} %" if documented else "nothing"


def _row(ablation: Ablation, outcome: Outcome) -> tuple[str, ...]:
    variant = outcome.variant
    chosen = " (chosen)" if variant.registered and ablation.approach else ""
    if not outcome.seeds:
        return (f"{variant.label}{chosen}", "not run", *[NONE] * 9)
    test = _percent(sum(outcome.test_accuracy) / len(outcome.seeds))
    if outcome.interval:
        test += f" ± {50 * (outcome.interval.high - outcome.interval.low):.2f}"
    difference = NONE
    if outcome.difference:
        value, (low, high) = outcome.difference
        difference = f"{100 * value:+.2f} ({100 * low:+.2f} to {100 * high:+.2f})"
    return (
        f"{variant.label}{chosen}",
        str(len(outcome.seeds)),
        _range(outcome.epochs),
        _percent(outcome.fitting_accuracy),
        _percent(outcome.train_accuracy),
        _percent(outcome.validation_accuracy),
        NONE if outcome.validation_loss is None else f"{outcome.validation_loss:.3f}",
        f"{test} %",
        difference,
        variant.against or NONE,
        NONE if outcome.distance is None else f"{100 * outcome.distance:.2f}",
    )


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.2f}"


def _range(values: tuple[int, ...]) -> str:
    low, high = min(values), max(values)
    return NONE if not high else str(low) if low == high else f"{low} to {high}"
