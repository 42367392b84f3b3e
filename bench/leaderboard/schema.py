"""The page that describes the leaderboard's files, written from the models themselves.

`python -m bench.leaderboard.schema > docs/leaderboard-schema.md` writes it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.leaderboard.csv_file import FIELDS
from bench.leaderboard.model import Leaderboard
from bench.pages.markdown import to_markdown
from bench.pages.sections import Section, Table


def schema_page() -> str:
    """The page as Markdown."""
    schema = Leaderboard.model_json_schema(mode="serialization")
    parts = {"Leaderboard": schema, **schema["$defs"]}
    return to_markdown(
        Section(
            anchor="schema",
            title="The leaderboard's files",
            text=(
                "`bench leaderboard` writes `leaderboard.md` for people, `leaderboard.csv` for "
                "spreadsheets and `leaderboard.json` for programs; `bench verify` holds all three "
                "against the records. Accuracies, their differences and their intervals are "
                "fractions with six decimals. This page is written from the code by `python -m "
                "bench.leaderboard.schema`.",
            ),
            sections=(
                Section(
                    anchor="csv",
                    title="leaderboard.csv",
                    text=("One line per row of every section. An empty cell is no value.",),
                    tables=(
                        Table(
                            "",
                            ("column", "meaning"),
                            tuple((field.name, field.meaning) for field in FIELDS),
                        ),
                    ),
                ),
                Section(
                    anchor="json",
                    title="leaderboard.json",
                    text=(
                        "One object of the type Leaderboard. A changed meaning or a field that "
                        "goes raises `schema_version`; a field that comes does not.",
                    ),
                    sections=tuple(
                        section for name, part in parts.items() for section in _type(name, part)
                    ),
                ),
            ),
        )
    )


def _type(name: str, part: dict[str, Any]) -> Iterator[Section]:
    if "properties" not in part:
        return
    rows = tuple(
        (field, _kind(what), what.get("description", ""))
        for field, what in part["properties"].items()
    )
    yield Section(
        anchor=name.lower(),
        title=name,
        text=(part["description"].split("\n\n")[0],),
        tables=(Table("", ("field", "type", "meaning"), rows),),
    )


def _kind(what: dict[str, Any]) -> str:
    """The type of a field in words."""
    if "$ref" in what:
        return str(what["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in what:
        return " or ".join(_kind(one) for one in what["anyOf"])
    if "enum" in what or "const" in what:
        return "one of " + ", ".join(map(str, what.get("enum", [what.get("const")])))
    if what.get("type") == "array":
        inner: dict[str, Any] = what.get("items") or (what.get("prefixItems") or [{}])[0]
        return f"list of {_kind(inner)}"
    return str(what.get("type", "any value"))


if __name__ == "__main__":
    print(schema_page(), end="")
