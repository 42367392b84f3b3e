"""`bench status`: how far a results folder is, from any machine that sees it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.options import OWN, Results
from bench.pages.say import say

if TYPE_CHECKING:
    from bench.engines.status import RunStatus


def status(
    results: Results = OWN,
    as_json: Annotated[bool, typer.Option("--json", help="Write every run as JSON.")] = False,
) -> None:
    """Show which runs wait, run (with their epoch), are finished, or failed and why."""
    from bench.engines.status import status_of
    from bench.records.opening import require_results

    statuses = status_of(require_results(results))
    if as_json:
        print(json.dumps([asdict(one) for one in statuses], indent=1))
        return
    _show(statuses)


def _show(statuses: Sequence[RunStatus]) -> None:
    from bench.engines.status import STATES, counts

    row = "{:<28}" + "{:>10}" * len(STATES)
    by_section = groupby(statuses, key=lambda one: one.place.split("/")[:-2])
    for section, group in by_section:
        say(row.format(" ".join(part for part in section if part != "runs"), *STATES))
        for approach, runs in groupby(group, key=lambda one: one.approach):
            say(row.format(f"  {approach}", *counts(list(runs)).values()))
    for one in statuses:
        if one.state != "finished" and (one.state != "waiting" or one.epoch or one.detail):
            say(_line(one))
    total = counts(statuses)
    say(", ".join(f"{number} {state}" for state, number in total.items()))


def _line(one: RunStatus) -> str:
    where = ""
    if one.epoch is not None:
        where = f", epoch {one.epoch}" + (f" of {one.epochs}" if one.epochs else "")
    detail = f": {one.detail}" if one.detail else ""
    return f"{one.state}: {one.approach} seed {one.seed} ({one.key}){where}{detail}"
