"""One place where an error that a user can fix becomes one line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bench.errors import BAD_INPUT, INTERRUPTED, BenchError
from bench.system.standard_streams import guard_standard_streams


def run_guarded(work: Callable[[], object]) -> int:
    """Do the work of a program and give its exit code; see `bench.errors` for what each means.

    Bad input ends in one line on standard error. Anything else that is raised is a fault of the
    program and passes.
    """
    output = guard_standard_streams()
    code = _exit_code_of(work)
    output.flush()
    if output.lost:
        print(f"bench: standard output cannot be written: {output.lost}", file=sys.stderr)
        return code or BAD_INPUT
    return code


def _exit_code_of(work: Callable[[], object]) -> int:
    try:
        work()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
            return 1
        return ended.code or 0
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return INTERRUPTED
    except user_errors() as error:
        line = " ".join(str(error).split())
        print(f"bench: {line}", file=sys.stderr)
        return BAD_INPUT
    return 0


def user_errors() -> tuple[type[Exception], ...]:
    """Every error that ends in one line instead of a traceback, of the three packages.

    A function, as importing the data sets would double the time of `bench --help`; used in an
    `except` clause it is called only once something was raised.
    """
    from datasets.errors import DataError
    from models.errors import ModelError

    return BenchError, DataError, ModelError
