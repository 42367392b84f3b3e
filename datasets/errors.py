"""Errors of this package that a user can fix."""


class DataError(ValueError):
    """Bad input data: its text is one line that names the input and the fix.

    File and class names end up in the text, and whoever made the data chose them: line breaks,
    escape sequences and marks that turn the reading direction are shown as escapes.
    """

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class DataUnavailableError(DataError):
    """The data is nowhere to be had here, though nothing that was asked for is broken."""


class CacheError(DataError):
    """The cache folder that was named cannot be written."""


def one_line(text: str) -> str:
    r"""The text with every character that is not printable as an escape.

    Example:
        >>> one_line("a\nb")
        'a\\nb'
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )
