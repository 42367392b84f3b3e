"""`python -m tests.faults [--shard i/n] [--only TEXT] [--todo] [--write]`: are faults noticed?"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults import outcomes
from tests.faults.faults import all_faults, shard
from tests.faults.planting import copy_of, import_frameworks, plant, run_tests

WANTED = 0.97


def main() -> int:
    """Plant faults one by one; 0 where at least 97 % are noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=main.__doc__)
    parser.add_argument("--shard", default="1/1", help="one of several parts, as 2/4")
    parser.add_argument("--only", default="", help="faults whose file or words have this text")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds for each fault")
    parser.add_argument("--list", action="store_true", help="name the faults and plant none")
    parser.add_argument(
        "--no-baseline", action="store_true", help="do not run the tests on sound code first"
    )
    parser.add_argument(
        "--todo", action="store_true", help="those that outcomes.csv does not call noticed"
    )
    parser.add_argument("--write", action="store_true", help="keep each outcome in outcomes.csv")
    asked = parser.parse_args()
    number, _, of = asked.shard.partition("/")
    noticed_before = {row.id for row in outcomes.read().values() if row.outcome == "noticed"}
    found = [
        fault
        for fault in shard(all_faults(), int(number), int(of))
        if (asked.only in fault.file or asked.only in fault.what)
        and not (asked.todo and outcomes.id_of(fault) in noticed_before)
    ]
    if asked.list:
        for fault in found:
            print(f"{fault.file}: {fault.what}")
        print(f"{len(found)} faults")
        return 0
    import_frameworks()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        copy = copy_of(Path.cwd(), Path(folder))
        tests = sorted({test for fault in found for test in fault.tests})
        if not asked.no_baseline:
            code, said = run_tests(tests, copy, asked.limit * 10)
            if code != 0:
                print(f"{said}\nthe tests fail on the code as it is; fix that first")
                return 2
        planted = []
        for fault in found:
            one = plant(fault, copy, asked.limit)
            planted.append(one)
            if asked.write:
                outcomes.write([one], all_faults())
            print(f"{one.outcome:9} {one.seconds:5.0f} s  {fault.file}: {fault.what}", flush=True)
            if one.outcome == "broken":
                print(one.said)
    noticed = sum(one.outcome == "noticed" for one in planted)
    fraction = noticed / len(planted) if planted else 0.0
    print(f"{noticed} of {len(planted)} faults noticed ({100 * fraction:.1f} %)")
    for one in planted:
        if one.outcome != "noticed":
            print(f"  {one.outcome}: {one.fault.file}: {one.fault.what}")
    return 0 if fraction >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
