"""The command line: `bench`."""

from __future__ import annotations

import sys

from bench.system.foreign_packages import require_own_neighbours


def main() -> None:
    """Run the command line; bad input ends in one line on standard error and exit code 2."""
    require_own_neighbours()
    from bench.commands import app

    try:
        app()
    except Exception as error:
        # Only now: what these packages import would double the time of `bench --help`.
        from bench.errors import BenchError
        from datasets.errors import DataError
        from models.errors import ModelError

        if not isinstance(error, (BenchError, DataError, ModelError)):
            raise
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
