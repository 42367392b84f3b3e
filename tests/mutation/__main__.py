"""`python -m tests.mutation [--shard i/n] [--only TEXT] [--sample N] [--write]`: see --help."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.planting import copy_of, import_frameworks, plant, run_tests
from tests.mutation import outcomes
from tests.mutation.modules import Module, all_modules
from tests.mutation.mutants import Mutant, mutants_of, sample

WANTED = 0.90
# A mutant that loops for ever must not hold up the others: so many times the sound code's time.
PATIENCE, LEAST_SECONDS = 5.0, 60.0


def main() -> int:
    """Plant mutants one by one; 0 where at least 90 % of those not equivalent are noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=main.__doc__)
    parser.add_argument("--shard", default="1/1", help="one of several parts, as 2/4")
    parser.add_argument("--only", default="", help="modules whose file has this text")
    parser.add_argument("--sample", type=int, help="at most so many of each module, drawn anew")
    parser.add_argument(
        "--alive", action="store_true", help="those that lived, for no reason given"
    )
    parser.add_argument("--list", action="store_true", help="name the mutants and plant none")
    parser.add_argument("--write", action="store_true", help="keep the outcomes and the page")
    parser.add_argument("--page", action="store_true", help="write docs/testing.md and end")
    asked = parser.parse_args()
    if asked.page:
        outcomes.write_page()
        return 0
    number, _, of = asked.shard.partition("/")
    known, rows = outcomes.reasons(), []
    if not asked.list:
        import_frameworks()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = copy_of(Path.cwd(), Path(folder))
        for module in all_modules():
            if asked.only not in module.file:
                continue
            every = mutants_of(module.file, module.tests, copy)
            alive = {row.id for row in outcomes.read() if row.lives}
            chosen = sample(every, asked.sample)[int(number) - 1 :: int(of)]
            if asked.alive:
                chosen = [mutant for mutant in every if mutant.id in alive - set(known)]
            if asked.list:
                print(*(f"{one.file}: {one.what}" for one in chosen), sep="\n")
                continue
            found = _planted(module, chosen, len(every), copy)
            rows += found
            if asked.write:
                present = {mutant.id for mutant in every}
                gone = [r.id for r in outcomes.read() if r.file == module.file]
                outcomes.write(found, [one for one in gone if one not in present])
    if asked.list:
        return 0
    if asked.write:
        outcomes.write_page()
    noticed, planted = outcomes.score(rows, known)
    print(f"{noticed} of {planted} mutants that are not equivalent were noticed")
    return 0 if noticed >= WANTED * planted else 1


def _planted(module: Module, mutants: list[Mutant], of: int, copy: Path) -> list[outcomes.Row]:
    if not mutants:
        return []
    started = time.monotonic()
    code, said = run_tests(module.tests, copy, 1200.0)
    if code != 0:
        raise SystemExit(f"{said}\nthe tests of {module.file} fail on the code as it is")
    limit = max(LEAST_SECONDS, PATIENCE * (time.monotonic() - started))
    rows = []
    for mutant in mutants:
        one = plant(mutant, copy, limit)
        rows.append(outcomes.row_of(mutant, one.outcome, of))
        print(
            f"{rows[-1].outcome:9} {one.seconds:5.1f} s  {mutant.file}: {mutant.what}", flush=True
        )
    return rows


if __name__ == "__main__":
    sys.exit(main())
