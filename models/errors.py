"""Errors of this package that a user can fix."""

from __future__ import annotations


class ModelError(ValueError):
    """Bad input to a model: its text is one line that names the input and the fix.

    File names and the texts of other libraries may hold line breaks and terminal escapes; they
    are written out as Python writes them in a string, so that an error is one harmless line.
    """

    def __init__(self, text: object) -> None:
        super().__init__(one_line(text))


class WeightsError(ModelError):
    """Pretrained weights are missing, damaged or of another model."""


def one_line(text: object) -> str:
    """A text in printable characters alone, the others as Python writes them in a string."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


def reason_of(error: BaseException) -> str:
    """The first line that an exception says, or its kind where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
