"""The error that a user can mend."""


class BenchError(Exception):
    """Bad input to the harness: its text is one line that names the input and the mend."""
