"""Whatever stands in a record, no command lets it into the terminal or a page as more than text."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from bench.errors import BenchError
from bench.pages.say import say
from bench.progress import events
from bench.progress.terminal import Display
from bench.records.store import RECORD, RunStore
from tests.support.factories import write_run
from tests.support.tiny import make_run

# Each with a word of its own, by which a text is known to have come through at all.
ATTACKS = {
    "escape": "\x1b[31mATTACK\x1b[2J",
    "link": "\x1b]8;;https://evil.example\x1b\\ATTACK\x1b]8;;\x07",
    "bell": "ATTACK\x07\x00",
    "csi": "\x9b31mATTACK",
    "right to left": "\u202eATTACK\u2066",
    "zero width": "\u200bATTACK\ufeff",
    "script": "<script>ATTACK</script>",
    "image": "<img src=x onerror=ATTACK>",
    "picture": "![ATTACK](https://evil.example/x.png)",
    "javascript": "[ATTACK](javascript:alert(1))",
    "drawing": "<svg onload=ATTACK>",
    "lines": "ATTACK\r\n# heading\n| a | b |",
}
# Every place of a record that holds words of somebody's choice.
PLACES = {
    "approach": lambda record, text: record.update(approach=text),
    "data set's source": lambda record, text: record["dataset"].update(source=text),
    "tier": lambda record, text: record["tier"].update(name=text),
    "weights": lambda record, text: record.update(
        weights={"kind": "unknown", "description": text, "sha256": None}
    ),
    "platform": lambda record, text: record["environment"].update(platform=text),
    "processor": lambda record, text: record["environment"].update(processor=text),
    "device": lambda record, text: record["environment"].update(device=text),
    "backend": lambda record, text: record["environment"].update(backend=text),
    "version": lambda record, text: record["environment"]["versions"].update({text: text}),
    "commit": lambda record, text: record["environment"].update(commit=text),
    "started": lambda record, text: record.update(started=text),
    "protocol": lambda record, text: record.update(protocol=text),
    "unknown field": lambda record, text: record.update({text: 1}),
    "recipe": lambda record, text: record["recipe"].update({text: text}),
}


def is_plain(text: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text)


class Elements(HTMLParser):
    """Tags, attributes and targets of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.names |= {tag, *(name for name, _ in attrs if name.startswith("on"))}
        self.targets += [value for name, value in attrs if name in ("href", "src")]


def is_only_text(markdown: str) -> bool:
    """No element, picture or link that runs has come from outside, as a library reads it."""
    found = Elements(MarkdownIt("commonmark", {"html": True}).enable(["table"]).render(markdown))
    foreign = found.names & {"script", "img", "svg", "iframe", "onerror", "onload"}
    return not foreign and not any(re.match("(?i)javascript|data", t) for t in found.targets)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """A run a place, all attacks in each one after the other."""
    store = RunStore(tmp_path_factory.mktemp("attacked") / "results")
    text = " ".join(ATTACKS.values())
    for seed, put in enumerate(PLACES.values()):
        path = write_run(store, n=20, seed=seed) / RECORD
        record = json.loads(path.read_text())
        put(record, text)
        path.write_text(json.dumps(record))
    return store


@pytest.mark.promise(
    "a record holds terminal sequences, right-to-left marks, scripts or pictures in any place",
    "no command says or writes them as more than text",
)
@pytest.mark.parametrize("command", ["leaderboard", "verify", "status", "collect", "list"])
def test_no_command_says_more_than_text(bench, attacked: RunStore, command: str) -> None:
    options = () if command == "list" else ("--results", attacked.root)
    code, out, err = bench(command, *options)
    assert code in (0, 1, 2)
    for line in (*out.split("\n"), *err.split("\n")):
        assert is_plain(line), line
    assert "ATTACK" in out + err or command in ("list", "status")
    for name in ("leaderboard.md", "leaderboard.csv"):
        written = (attacked.root / name).read_text() if (attacked.root / name).exists() else ""
        assert is_plain(written.replace("\n", ""))
        assert name.endswith(".csv") or is_only_text(written)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_no_event_or_line_commands_the_terminal(attack: str, capsys) -> None:
    written = io.StringIO()
    display = Display(Console(file=written, width=200, color_system=None))
    display(events.Note(attack))
    display(events.RunFailed(make_run("basic_cnn"), attack))
    display.warn(attack)
    say(attack)
    say(BenchError(attack))
    for line in (*written.getvalue().split("\n"), *capsys.readouterr().out.split("\n")):
        assert is_plain(line), line
    assert written.getvalue().count("ATTACK") >= 3


@pytest.mark.promise(
    "a name from a record or the command line would lead out of the results folder",
    "refused in one line",
)
@pytest.mark.parametrize("field", ["dataset", "tier", "approach", "key"])
@pytest.mark.parametrize("name", ["..", ".", "", "../../evil", "/etc", "a/b", "a\\b", "a\0b"])
def test_no_name_leads_out_of_the_store(tmp_path: Path, field: str, name: str) -> None:
    names = {"dataset": "d", "tier": "t", "approach": "a", "key": "k", field: name}
    with pytest.raises(BenchError, match="cannot be the name of a folder"):
        RunStore(tmp_path).folder(seed=0, **names)
