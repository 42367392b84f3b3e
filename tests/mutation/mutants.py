"""Mutants of a module: one small change of the code each, made by cosmic-ray's operators.

An operator often has many variants for one place (`+` becomes any of eleven others), nearly all of
which end in a TypeError. So each operator changes each place once; which variant is drawn with a
fixed seed. Changes that only touch an annotation are left out: annotations are never evaluated.
"""

from __future__ import annotations

import ast
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

SEED = 0


@dataclass(frozen=True)
class Mutant:
    """One changed place of a module.

    Attributes:
        file: relative to the checkout.
        line: number from 1, where the change begins.
        operator: cosmic-ray's name of what was done.
        before: the changed lines as they were, without indentation.
        after: the same after the change; empty where they were removed.
        code: the whole module with the change.
        tests: files of pytest that should see it.
        turn: tells apart equal changes of equal lines in one file, from 0.
    """

    file: str
    line: int
    operator: str
    before: str
    after: str
    code: str
    tests: tuple[str, ...]
    turn: int = 0

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that stay the same where other lines move."""
        text = "\0".join((self.file, self.before, self.after, str(self.turn)))
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def what(self) -> str:
        """The change in one line."""
        return f"line {self.line}: {self.before or '(nothing)'} -> {self.after or '(nothing)'}"

    def planted_in(self, text: str) -> str:
        """The module's text with the change; `text` is the one that it was made from."""
        return self.code


def mutants_of(file: str, tests: tuple[str, ...], checkout: Path) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    source = (checkout / file).read_text(encoding="utf-8")
    meaning = _meaning(source)
    found: list[Mutant] = []
    turns: dict[tuple[str, str], int] = {}
    for operator, code in _changed(file, source):
        try:
            if _meaning(code) == meaning:
                continue
        except SyntaxError:
            continue
        line, before, after = _difference(source, code)
        turn = turns.setdefault((before, after), 0)
        turns[before, after] += 1
        found.append(Mutant(file, line, operator, before, after, code, tests, turn))
    return sorted(found, key=lambda mutant: mutant.line)


def sample(mutants: list[Mutant], size: int | None) -> list[Mutant]:
    """At most `size` of them, drawn with `SEED`; all where `size` is `None`."""
    if size is None or size >= len(mutants):
        return mutants
    drawn = random.Random(SEED).sample(mutants, size)
    return sorted(drawn, key=lambda mutant: mutant.line)


def _changed(file: str, source: str) -> Iterator[tuple[str, str]]:
    # What only `tox -e mutation` installs.
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    tree, lines = get_ast(source), source.splitlines()
    places = []
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():
            continue
        positions = [
            position
            for node in ast_nodes(tree)
            for position, _ in operator().mutation_positions(node)
        ]
        family = name.partition("/")[2].partition("_")[0]
        places += [((family, at), name, number) for number, at in enumerate(positions)]
    places.sort()
    for (family, (line, column)), variants in groupby(places, key=lambda place: place[0]):
        draw = random.Random(f"{SEED} {file} {lines[line - 1].strip()} {family} {column}")
        _, name, number = draw.choice(list(variants))
        try:
            code = mutate_code(source, get_operator(name)(), number)
        except AttributeError:
            # Some of its operators trip over expressions that they cannot rewrite.
            continue
        if code is not None:
            yield name.partition("/")[2], code


def _meaning(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def _difference(before: str, after: str) -> tuple[int, str, str]:
    old, new = before.splitlines(), after.splitlines()
    start = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    end = next(
        (n for n, (a, b) in enumerate(zip(old[:start:-1], new[:start:-1], strict=False)) if a != b),
        max(0, min(len(old), len(new)) - start - 1),
    )
    changed = [
        " ".join(line.strip() for line in lines[start : len(lines) - end]) for lines in (old, new)
    ]
    return start + 1, *changed
