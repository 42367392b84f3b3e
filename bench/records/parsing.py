"""A record from the bytes of its file."""

from __future__ import annotations

import json

from pydantic import ValidationError

from bench.records.record import RunRecord
from bench.records.upgrade import upgraded


class DamageError(ValueError):
    """What is wrong with a record, in words."""


def parse_record(content: bytes) -> RunRecord:
    """The record in the bytes of a file, whatever its schema's version.

    Raises:
        ValueError: they hold none.
    """
    try:
        return RunRecord.model_validate(upgraded(json.loads(content.decode())), strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "record"
        raise DamageError(f"{where}: {first['msg']}") from error
    except (ValueError, RecursionError, OverflowError, AttributeError, TypeError) as error:
        raise DamageError(str(error).partition("\n")[0]) from error
