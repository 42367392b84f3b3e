"""Guard against foreign packages called `datasets` or `models`.

The folders carry common names (Hugging Face's library is called `datasets` too), and whichever
Python finds first wins; a stranger must end in one clear line and not in an odd ImportError.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

NEIGHBOURS = ("datasets", "models")


def foreign_neighbour() -> str | None:
    """One line naming a package that hides ours, or `None` when all three lie side by side."""
    home = Path(__file__).resolve().parents[2]
    for name in NEIGHBOURS:
        spec = find_spec(name)
        found = Path(spec.origin).resolve().parent if spec and spec.origin else None
        if found != home / name:
            return (
                f"another package called {name!r} was found at {found}, instead of {home / name}; "
                f"run pip uninstall {name}, then install this project again, "
                "best in a virtual environment of its own"
            )
    return None


def require_own_neighbours() -> None:
    """End the process with that line and exit code 2 where there is a stranger."""
    line = foreign_neighbour()
    if line:
        print(f"bench: {line}", file=sys.stderr)
        sys.exit(2)
