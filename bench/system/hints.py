"""How to install what is missing, as one types it in a checkout of this project."""

from __future__ import annotations


def install_hint(*extras: str) -> str:
    """The command that installs the project with these extras.

    Not by the project's name: no index has it.
    """
    return f'pip install -e ".[{",".join(extras)}]"'
