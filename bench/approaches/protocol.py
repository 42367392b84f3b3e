"""What is decided before the runs: claims, readings, tolerances, recipes and seeds, as one digest.

The document is committed, and every record holds the digest of the one that it followed. A
changed claim, tolerance, recipe or list of seeds is another protocol, whose records are a new
column of evidence beside the old.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.approaches.approach import Approach
from bench.approaches.claims import Claim, ClaimSet
from bench.approaches.recipes import as_plain, digest
from bench.approaches.registry import plain_recipe
from bench.errors import BenchError

FILE = "protocol.toml"
FILES = "protocol*.toml"
_HEAD = (
    "# What is decided before the runs. Written by `bench protocol`; do not edit.\n"
    "# Records that hold this digest followed it.\n"
)


def protocol_of(
    claim_sets: Iterable[ClaimSet],
    approaches: Sequence[Approach],
    *,
    seeds: Mapping[str, int],
    tolerances: Mapping[str, float],
    version: int,
) -> dict[str, Any]:
    """The protocol as plain JSON values.

    Words that explain (titles, quotes, reasons) have no part in it: they may be corrected.

    Args:
        claim_sets: every claim, with its reading and tolerance.
        approaches: every recipe.
        seeds: of each approach how many, counted from 0.
        tolerances: of each kind of value, where a claim has none of its own.
        version: of the code that computes results.
    """
    sets = tuple(claim_sets)
    return {
        "version": version,
        "tolerances": dict(sorted(tolerances.items())),
        "claims": {
            f"{claims.name}/{claim.name}": _claim(claim)
            for claims in sets
            for claim in claims.claims
        },
        "joint": {claims.name: [as_plain(term) for term in claims.joint] for claims in sets},
        "approaches": {
            approach.name: {
                "seeds": seeds[approach.name],
                "model": approach.model,
                "fitted": approach.fitted,
                "recipe": _without_words(plain_recipe(approach, approaches)),
            }
            for approach in approaches
        },
    }


def protocol_digest(protocol: Mapping[str, Any]) -> str:
    """SHA-256 of its canonical JSON, 64 hexadecimal digits."""
    return digest(protocol, length=64)


def to_toml(protocol: Mapping[str, Any]) -> str:
    """The committed document: the digest, then all that it is the digest of."""
    lines = [_HEAD, f'digest = "{protocol_digest(protocol)}"', f"version = {protocol['version']}"]
    lines += ["", "[tolerances]", *_pairs(protocol["tolerances"])]
    lines += ["", "[joint]", *_pairs(protocol["joint"])]
    for kind in ("claims", "approaches"):
        lines += ["", f"[{kind}]"]
        for name, entry in protocol[kind].items():
            lines += ["", f"[{kind}.{json.dumps(name)}]", *_pairs(entry)]
    return "\n".join(lines) + "\n"


def written_digest(path: Path) -> str | None:
    """The digest in a document that `to_toml` wrote; `None` where there is no document.

    Raises:
        BenchError: it can't be read, or its content is not what its digest says.
    """
    if not path.exists():
        return None
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        said = document.pop("digest")
        holds = said == protocol_digest(document)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise BenchError(
            f"{path} is no protocol ({error}); write it by `bench protocol`"
        ) from error
    if not holds:
        raise BenchError(f"{path} was edited: its digest is another; write it by `bench protocol`")
    return str(said)


def _claim(claim: Claim) -> dict[str, Any]:
    says = _without_words(as_plain(claim.says))
    plain = {
        "kind": type(claim.says).__name__,
        "says": says,
        "weights": claim.reading.weights,
        "fitting": claim.reading.fitting,
        "informative": claim.informative,
    }
    return plain if claim.tolerance is None else plain | {"tolerance": claim.tolerance}


def _without_words(plain: Any) -> Any:
    """Without explanations, and without `None`, which TOML has no word for."""
    if isinstance(plain, dict):
        return {
            name: _without_words(value)
            for name, value in plain.items()
            if value is not None and name not in ("explanation", "source", "why")
        }
    return [_without_words(value) for value in plain] if isinstance(plain, list) else plain


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{_key(name)} = {_value(value)}" for name, value in values.items()]


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isalnum() and bare.isascii() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_pairs(value)) + " }" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # Strings, numbers and truth values are written alike in JSON and TOML.
    return json.dumps(value)
