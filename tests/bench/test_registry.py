"""One registry: found by name, extended, filled by plug-ins, and never stopped by a broken one."""

import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bench import registry
from bench.errors import BenchError
from bench.registry import Registry, load_named, load_registry


@dataclass(frozen=True)
class Fruit:
    name: str
    sweet: bool = True


FRUIT = Registry("fruit", (Fruit("apple"), Fruit("pear"), Fruit("lemon", sweet=False)))


@pytest.fixture
def plug_ins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Offer names in a module as entry points."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def offer(source: str, *names: str) -> None:
        (tmp_path / "orchard.py").write_text(source)
        sys.modules.pop("orchard", None)
        points = [EntryPoint(name, f"orchard:{name}", "fruits") for name in names]
        monkeypatch.setattr(registry, "entry_points", lambda group: points)

    yield offer
    sys.modules.pop("orchard", None)


def test_entry_is_found_by_its_name_and_order_is_kept() -> None:
    assert FRUIT.get("lemon") == Fruit("lemon", sweet=False)
    assert FRUIT.names == ("apple", "pear", "lemon")
    assert "pear" in FRUIT
    assert "plum" not in FRUIT


def test_patterns_select_in_order_and_nothing_selects_all() -> None:
    assert [fruit.name for fruit in FRUIT.select(("l*", "apple"))] == ["apple", "lemon"]
    assert FRUIT.select() == FRUIT.entries


@pytest.mark.parametrize("call", [FRUIT.get, lambda name: FRUIT.select((name,))])
def test_misspelt_name_is_answered_with_the_nearest(call) -> None:
    message = r"^unknown fruit 'aple'; did you mean 'apple'\? known: apple, pear, lemon$"
    with pytest.raises(BenchError, match=message):
        call("aple")


def test_name_like_nothing_is_answered_with_all() -> None:
    with pytest.raises(BenchError, match=r"^unknown fruit 'quux'; known: apple, pear, lemon$"):
        FRUIT.get("quux")


def test_extended_registry_leaves_the_first_as_it_was() -> None:
    assert FRUIT.extended(Fruit("plum")).names == ("apple", "pear", "lemon", "plum")
    assert "plum" not in FRUIT


def test_taken_name_is_refused() -> None:
    with pytest.raises(BenchError, match="another fruit called 'pear'; rename one"):
        FRUIT.extended(Fruit("pear"))


SOURCE = """
import sys
from tests.bench.test_registry import Fruit
PLUM = Fruit("plum")
BOTH = (Fruit("fig"), Fruit("date"))
STONE = 3
TAKEN = Fruit("apple")
def __getattr__(name):
    if name == "LEAVES":
        sys.exit("bye")
    raise AttributeError(name)
"""


@pytest.mark.promise("a plug-in throws as it is loaded", "one line; the others are there")
def test_plug_ins_join_and_broken_ones_cost_a_line_each(plug_ins) -> None:
    plug_ins(SOURCE, "PLUM", "STONE", "ABSENT", "LEAVES", "TAKEN", "BOTH")
    found = load_registry("fruit", FRUIT.entries, Fruit, "fruits")
    assert found.names == ("apple", "pear", "lemon", "plum", "fig", "date")
    assert len(found.broken) == 4
    for line, (name, words) in zip(
        found.broken,
        {
            "STONE": "int is not a Fruit",
            "ABSENT": "AttributeError",
            "LEAVES": "SystemExit: bye",
            "TAKEN": "another fruit called 'apple'",
        }.items(),
        strict=True,
    ):
        assert line.startswith(f"fruit plug-in {name!r} (orchard:{name}) is left out: ")
        assert words in line
        assert "\n" not in line


def test_entry_is_loaded_from_a_plain_file_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_fruit.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert load_named("fruit", "my_fruit:PLUM", Fruit) == (Fruit("plum"),)
    with pytest.raises(BenchError, match=r"^fruit 'my_fruit:STONE' cannot be loaded: int is not"):
        load_named("fruit", "my_fruit:STONE", Fruit)
    with pytest.raises(BenchError, match=r"^fruit 'no_such_file:X' cannot be loaded: ModuleNotF"):
        load_named("fruit", "no_such_file:X", Fruit)
