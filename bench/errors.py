"""The errors that a user can act on, and what a program's exit codes mean.

Exit codes of every command: 0 all went well, 1 findings (`bench verify` found something wrong),
2 bad input or usage, 130 interrupted.
"""

BAD_INPUT = 2
INTERRUPTED = 130


class BenchError(Exception):
    """Bad input to the harness: its text is one line that names the input and the fix."""


class RunError(BenchError):
    """A run ended by its own fault; its text is the reason. The other runs of a plan go on."""


def user_errors() -> tuple[type[Exception], ...]:
    """Every error that ends in one line instead of a traceback, of the three packages.

    A function, as importing the data sets would double the time of `bench --help`; used in an
    `except` clause it is called only once something was raised.
    """
    from datasets.errors import DataError
    from models.errors import ModelError

    return BenchError, DataError, ModelError
