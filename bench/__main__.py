"""The command line: `bench`."""

from __future__ import annotations

import sys

from bench.neighbours import require_own_neighbours


def main() -> None:
    """Run the command line; bad input ends in one line on standard error and exit code 2."""
    require_own_neighbours()
    from bench.commands import app
    from bench.errors import BenchError
    from datasets.errors import DataError
    from models.errors import ModelError

    try:
        app()
    except (BenchError, DataError, ModelError) as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
