"""`bench verify`: trust nobody."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.commands.options import Results
from bench.pages.say import say
from bench.pages.words import counted

if TYPE_CHECKING:
    from bench.records.store import RunStore
    from bench.verification.problem import Problem
    from bench.verification.rerun import Replay, Reruns
    from bench.verification.verify import Examination
    from datasets import ImageDataset


def verify(
    results: Results = Path("results"),
    models: Annotated[
        bool, typer.Option("--models", help="Hold every built model against its layer table too.")
    ] = False,
    pages: Annotated[
        bool,
        typer.Option(
            "--pages", help="Draw report and exploration again too, and compare: minutes."
        ),
    ] = False,
    dataset: Annotated[
        str | None, typer.Option(help="Hold labels against this data set, and prove its contract.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where its images are, to hold labels against.")
    ] = None,
    ledger_head: Annotated[
        list[str] | None,
        typer.Option(
            help="Hash of a ledger entry that was published elsewhere (12 digits or more); the "
            "ledger must still hold it. Several are several options."
        ),
    ] = None,
    rerun: Annotated[
        int, typer.Option(min=0, help="Train the first epochs of this many random runs again.")
    ] = 0,
    rerun_epochs: Annotated[int, typer.Option(min=1, help="How many epochs of each.")] = 1,
    rerun_seed: Annotated[
        int | None, typer.Option(min=0, help="Of the choice of runs. Default: a fresh one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
) -> None:
    """Derive every recorded score, the ledger and the leaderboard again, and name what differs.

    Exit code 0: all agrees; 1: problems, listed; 2: bad input. What no check can know is in
    docs/verification.md.
    """
    from bench.approaches.protocol import FILES, written_digest
    from bench.approaches.registry import installed_approaches
    from bench.records.opening import require_results
    from bench.records.store import RunStore
    from bench.verification.verify import Witnesses, examine

    store = RunStore(require_results(results))
    images = _images(dataset, data_dir)
    # Before anything is read: an option that cannot be served is bad input.
    replay = _replay(dataset, data_dir) if rerun else None
    written = frozenset(filter(None, map(written_digest, sorted(results.glob(FILES)))))
    witnesses = Witnesses(
        images=images,
        heads=tuple(ledger_head or ()),
        protocols=written or None,
    )
    found = examine(store, installed_approaches().entries, witnesses)
    problems: list[Problem] = list(found.problems)
    proved = [_records(found, results)]
    if models:
        names, mismatches = _verify_models()
        problems += mismatches
        proved.append(f"models {', '.join(names)}")
    for one in images:
        problems += _verify_images(one)
        proved.append(
            f"data set {one.name} ({one.source}), labels of {counted(found.labelled, 'run')}"
        )
    if pages:
        problems += _verify_pages(store, images)
        proved.append("report and exploration, drawn again")
    if replay is not None:
        seed = secrets.randbelow(1 << 32) if rerun_seed is None else rerun_seed
        reruns = _rerun(found, replay, rerun, seed, rerun_epochs)
        problems += reruns.problems
        proved.append(
            f"{counted(len(reruns.exact), 'run')} trained again to the bit and "
            f"{len(reruns.close)} within a tolerance (chosen by --rerun-seed {seed})"
        )
    _say(problems, proved, found, as_json=as_json)


def _replay(dataset: str | None, data_dir: Path | None) -> Replay:
    """What trains a record's first epochs again."""
    from bench.ablations.entries import ABLATIONS
    from bench.approaches.registry import installed_approaches
    from bench.engines.replay import Replayer
    from bench.planning.datasets import named_with_options
    from bench.planning.prerequisites import Sources
    from datasets.array_cache import default_cache_dir

    known = installed_approaches()
    variants = {
        tried.approach.name: tried.approach
        for ablation in ABLATIONS
        for tried in ablation.variants
        if tried.approach.name not in known
    }
    _, options = named_with_options(dataset or "")
    sources = Sources(data_dir, "auto", tuple(options.items()))
    return Replayer(known.extended(*variants.values()), sources, default_cache_dir())


def _rerun(found: Examination, replay: Replay, count: int, seed: int, epochs: int) -> Reruns:
    from bench.records.environment import describe_environment
    from bench.system.backend import import_backend
    from bench.verification.rerun import choose, run_again

    import_backend()
    chosen = choose(found.runs, count, seed)
    return run_again(chosen, replay, describe_environment(threads=1), epochs=epochs)


def _records(found: Examination, results: Path) -> str:
    heads = ", ".join(f"{path.parent}: {head[:12]}" for path, head in found.heads.items())
    return (
        f"{counted(len(found.runs), 'record')} and {len(found.aside)} set aside, the leaderboard "
        f"and the ablations in {results}; head of the ledger of {heads or 'no run'}"
    )


def _say(
    problems: Sequence[Problem], proved: Sequence[str], found: Examination, *, as_json: bool
) -> None:
    if as_json:
        outcome: dict[str, Any] = {
            "verified": not problems,
            "runs": len(found.runs),
            "set_aside": len(found.aside),
            "ledger_heads": {str(path): head for path, head in found.heads.items()},
            "checked": list(proved),
            "problems": [
                {name: str(value) for name, value in vars(problem).items()} for problem in problems
            ],
        }
        print(json.dumps(outcome, indent=1))
    else:
        for problem in problems:
            say(problem)
        say(
            f"{counted(len(problems), 'problem')} found"
            if problems
            else f"verified: {'; '.join(proved)}"
        )
    if problems:
        raise typer.Exit(1)


def _images(dataset: str | None, data_dir: Path | None) -> tuple[ImageDataset, ...]:
    if not (dataset or data_dir):
        return ()
    from bench.planning.datasets import load_asked, named_with_options
    from bench.planning.prerequisites import dataset_name

    name, options = named_with_options(dataset_name(dataset, data_dir))
    return (load_asked(name, data_dir, options),)


def _verify_images(images: ImageDataset) -> list[Problem]:
    from bench.verification.problem import Finding
    from datasets import audit

    violations = audit(images)
    return [
        Finding("contract", "no violation", violation).at(Path(images.name))
        for violation in violations
    ]


def _verify_models() -> tuple[tuple[str, ...], list[Problem]]:
    from bench.system.backend import import_backend

    import_backend()
    from bench.verification.problem import Finding
    from models.conformance import list_tables, load_table, mismatches
    from models.registry import build

    names = list_tables()
    return names, [
        Finding(f"{one.where}, {one.what}", one.expected, one.found).at(Path("models", name))
        for name in names
        for one in mismatches(build(name), load_table(name))
    ]


def _verify_pages(store: RunStore, images: Sequence[ImageDataset]) -> list[Problem]:
    from bench.records.opening import open_store
    from bench.system.backend import import_backend
    from bench.verification.redrawn import check_exploration, check_report

    import_backend()
    store = open_store(store.root)
    problems = list(check_report(store, images))
    return problems + [problem for one in images for problem in check_exploration(store, one)]
