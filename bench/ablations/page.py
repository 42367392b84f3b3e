"""The ablations as people read them: `ablations/README.md`, and the same as sections of a page."""

from __future__ import annotations

from bench.ablations import curves, differences
from bench.ablations.ablation import Ablation, Variant
from bench.ablations.earlier import EARLIER
from bench.ablations.entries import ABLATIONS
from bench.ablations.planning import ablation_store, is_claimed
from bench.ablations.results import (
    AblationResult,
    LearningCurve,
    Outcome,
    Setting,
    ablation_results,
    learning_curves,
)
from bench.analysis.quantities import MEASURES, Kind
from bench.approaches.approach import Documented
from bench.approaches.claim_sets import CLAIM_SETS
from bench.leaderboard import numbers
from bench.leaderboard.numbers import NAMES
from bench.pages.markdown import to_markdown
from bench.pages.sections import Cell, Section, Table
from bench.pages.words import NONE, counted
from bench.records.store import RunStore
from bench.system.files import write_text_atomically

PAGE = "README.md"
_TITLE = "Ablations"
# Each in the unit that its heading names, so that the numbers of a column compare.
_NUMBERS = (
    *("seeds", "epochs", "while fitting, %", "train, %", "validation, %"),
    *("validation loss", "test, %", "difference, points", "p"),
)
_LEAD = (
    "Runs that differ in one thing, for what the report leaves open. Questions that no claim of "
    "the report speaks of were asked and concluded before the protocol, by looking at documented "
    "numbers too, which the rules of today forbid (docs/method.md): those conclusions stay as "
    "they were drawn, and decide nothing any more. Every number follows from the records beside "
    "this page and those of the leaderboard. 'While fitting' is the running accuracy on the "
    "training batches at the epoch whose weights were kept, with dropout at work; train, "
    "validation and test accuracy are scored after training. 'Difference' is to the test accuracy "
    "of the variant named beside it, with its 95 % interval over seeds and images, and 'p' that "
    "of no difference, corrected for the number of rows (Holm); one seed on either side has "
    "neither, as nobody knows how far another would lie. 'Off' is the mean distance of all "
    "documented accuracies from the measured ones. 'Registered' marks the recipe that the "
    "leaderboard runs with now, 'chosen then' the one that it ran with at that time."
)


def report_part(results: RunStore) -> Section | None:
    """What stands on the report's page; `None` where no ablation was run."""
    section = ablation_section(results)
    return section if section.sections else None


def ablation_section(results: RunStore, *, drawn: bool = True) -> Section:
    """All ablations that have records, one section each.

    Args:
        results: the leaderboard's store, beside which the ablations' lies.
        drawn: whether with figures.

    Raises:
        BenchError: a record or its predictions are damaged.
    """
    found = ablation_results(results, ABLATIONS)
    return Section(
        anchor="ablations",
        title=_TITLE,
        text=(_LEAD,),
        picker="Ablation",
        sections=tuple(
            section
            for ablation in ABLATIONS
            if (
                section := _section(
                    ablation,
                    [result for result in found if result.ablation is ablation],
                    learning_curves(results, ablation),
                    drawn,
                )
            ).tables
        ),
    )


def ablation_markdown(results: RunStore) -> str:
    """The content of the page; the same records give the same bytes."""
    return to_markdown(ablation_section(results, drawn=False))


def write_ablations(results: RunStore) -> None:
    """Write the page, atomically; nothing where no ablation was ever run.

    Raises:
        BenchError: a record or predictions are damaged, or the folder cannot be written to.
    """
    store = ablation_store(results)
    if store.folders():
        write_text_atomically(store.root / PAGE, ablation_markdown(results))


def _section(
    ablation: Ablation, results: list[AblationResult], learned: list[LearningCurve], drawn: bool
) -> Section:
    text = [ablation.question]
    if ablation.approach:
        documented = "; ".join(
            _documented(number)
            for number in EARLIER.get(ablation.approach).documented
            if MEASURES[number.quantity].kind is not Kind.COUNT
        )
        text.append(f"Documented for {ablation.approach}: {documented}.")
    if ablation.conclusion:
        before = "" if is_claimed(ablation, CLAIM_SETS) else "Concluded before the protocol: "
        text.append(f"{before}{ablation.conclusion}")
    return Section(
        anchor=ablation.name,
        title=_title(ablation.name),
        text=tuple(text),
        tables=(*map(_table, results), *(_curve_table(one, folded=drawn) for one in learned)),
        figures=(*differences.figures(results), *curves.figures(ablation.name, learned))
        if drawn
        else (),
    )


def _title(name: str) -> str:
    words = name.replace("-", " ").capitalize()
    return words.replace("Vgg", "VGG").replace("Cnn", "CNN")


def _documented(number: Documented) -> str:
    name = NAMES[number.quantity]
    return f"{name.words} {numbers.documented(name.unit, number.value, number.step)}"


def _table(result: AblationResult) -> Table:
    return Table(
        caption=f"{result.ablation.tier.name} tier, {_setting(result.setting)}.",
        columns=("variant", *_NUMBERS, "against", "off, points"),
        rows=tuple(_row(result.ablation, outcome) for outcome in result.outcomes),
        numeric=(*_NUMBERS, "off, points"),
        sortable=True,
    )


def _curve_table(state: LearningCurve, *, folded: bool) -> Table:
    return Table(
        caption=f"Validation accuracy of {state.approach} after each epoch, mean of "
        f"{counted(len(state.seeds), 'seed')}, full tier, {_setting(state.setting)}. Documented: "
        f"{_documented_validation(state.approach)}.",
        columns=("epoch", "validation, %"),
        rows=tuple(
            (Cell(str(epoch), epoch), _percent(accuracy))
            for epoch, accuracy in enumerate(state.accuracy, 1)
        ),
        numeric=("epoch", "validation, %"),
        sortable=True,
        summary=f"Every epoch of {state.approach} as a table" if folded else "",
    )


def _setting(setting: Setting) -> str:
    return (
        f"CIFAR-100 ({setting.fingerprint[:12]}), {setting.images:,} images to train and validate "
        f"on, {setting.test_images:,} to test on, {setting.backend} backend on {setting.device}"
    )


def _documented_validation(approach: str) -> str:
    number = EARLIER.get(approach).documented_value("validation_accuracy")
    return _documented(number) if number else "nothing"


def _row(ablation: Ablation, outcome: Outcome) -> tuple[Cell | str, ...]:
    variant = outcome.variant
    label = f"{variant.label}{_mark(variant) if ablation.approach else ''}"
    if not outcome.seeds:
        return (label, Cell("not run", 0), *[Cell(NONE, None)] * 10)
    return (
        label,
        Cell(str(len(outcome.seeds)), len(outcome.seeds)),
        Cell(_range(outcome.epochs), max(outcome.epochs)),
        _percent(outcome.fitting_accuracy),
        _percent(outcome.train_accuracy),
        _percent(outcome.validation_accuracy),
        _optional(outcome.validation_loss, 1, "{:.3f}"),
        _test(outcome),
        _difference(outcome),
        _optional(outcome.p_value, 1, "{:.3f}"),
        variant.against or NONE,
        _percent(outcome.distance),
    )


def _mark(variant: Variant) -> str:
    if variant.registered_now:
        return " (registered)"
    return " (chosen then)" if variant.registered else ""


def _test(outcome: Outcome) -> Cell:
    accuracy = sum(outcome.test_accuracy) / len(outcome.seeds)
    text = f"{100 * accuracy:.2f}"
    if outcome.interval:
        text += f" ± {50 * (outcome.interval.high - outcome.interval.low):.2f}"
    return Cell(text, accuracy)


def _difference(outcome: Outcome) -> Cell:
    if outcome.difference is None:
        return Cell(NONE, None)
    text = f"{100 * outcome.difference:+.2f}"
    if outcome.difference_interval:
        low, high = outcome.difference_interval
        text += f" ({100 * low:+.2f} to {100 * high:+.2f})"
    return Cell(text, outcome.difference)


def _percent(value: float | None) -> Cell:
    return _optional(value, 100, "{:.2f}")


def _optional(value: float | None, scale: int, form: str) -> Cell:
    return Cell(NONE, None) if value is None else Cell(form.format(scale * value), value)


def _range(values: tuple[int, ...]) -> str:
    low, high = min(values), max(values)
    return NONE if not high else str(low) if low == high else f"{low} to {high}"
