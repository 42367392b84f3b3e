"""The command line: `bench`."""

from __future__ import annotations

import sys

from bench.system.foreign_packages import require_own_neighbours
from bench.system.guarded import run_guarded


def main() -> None:
    """Run the command line; exit codes are those of `bench.errors`."""
    require_own_neighbours()
    from bench.commands import app

    sys.exit(run_guarded(app))


if __name__ == "__main__":
    main()
