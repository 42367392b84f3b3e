"""Errors of this package that a user can mend."""


class DataError(ValueError):
    """Bad input data: its text is one line that names the input and the mend."""


class DataUnavailableError(DataError):
    """The data is nowhere to be had here, though nothing that was asked for is broken."""


class CacheError(DataError):
    """The cache folder that was named cannot be written."""
