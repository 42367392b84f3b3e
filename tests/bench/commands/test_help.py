"""What `--help` of each command says."""

import string

import pytest
import typer
from typer.testing import CliRunner

from bench.commands import app

GROUP = typer.main.get_command(app)
# Frames, and the end of what has no room.
DRAWN = {"…", *(chr(code) for code in range(0x2500, 0x2580))}


def written_in(command) -> str:
    """Every help text of a command, as the source has it."""
    texts = [command.help, *(getattr(parameter, "help", None) for parameter in command.params)]
    return "".join(filter(None, texts))


@pytest.mark.parametrize("name", ["", *GROUP.commands])
def test_help_shows_no_character_that_its_source_does_not_have(name: str) -> None:
    command = GROUP.commands[name] if name else GROUP
    said = CliRunner().invoke(app, [*filter(None, [name]), "--help"])
    assert said.exit_code == 0
    # Rich writes some `:name:` as one character.
    assert set(said.output) - set(string.printable) - DRAWN <= set(written_in(command))
