"""The errors that a user can act on."""


class BenchError(Exception):
    """Bad input to the harness: its text is one line that names the input and the fix."""


class RunError(BenchError):
    """A run ended by its own fault; its text is the reason. The other runs of a plan go on."""
