"""What the project promises to survive, read from the tests that hold it to that.

A test says so by `@pytest.mark.promise("what happens", "what then holds")`. The marks are read
from the source, so that a page of them takes no test run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Promise:
    """One promise.

    Attributes:
        fault: what happens.
        promise: what then holds.
        file: of the test, relative to the checkout.
        test: its name, behind its class's where it has one, as `TestA::test_b`.
    """

    fault: str
    promise: str
    file: str
    test: str

    @property
    def reported_as(self) -> tuple[str, str]:
        """Class and name that a JUnit report gives the test."""
        *classes, name = self.test.split("::")
        return ".".join([self.file.removesuffix(".py").replace("/", "."), *classes]), name


def all_promises(checkout: Path = CHECKOUT) -> tuple[Promise, ...]:
    """Every promise of the tests, file by file in the order of the source."""
    found = []
    for path in sorted((checkout / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.promise(" in text:
            found += _in(ast.parse(text), path.relative_to(checkout).as_posix())
    return tuple(found)


def _in(tree: ast.Module | ast.ClassDef, file: str, outer: str = "") -> Iterator[Promise]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _in(node, file, f"{node.name}::")
        elif isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.promise":
                    fault, promise = (ast.literal_eval(argument) for argument in mark.args)
                    yield Promise(fault, promise, file, outer + node.name)
