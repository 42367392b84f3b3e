"""Lines on standard output or standard error, for people."""

from __future__ import annotations

import sys

from bench.pages.escaping import visible_lines


def say(text: object, *, error: bool = False) -> None:
    """Print a line or several; a name in them cannot command the terminal or hide.

    Names come from records, plug-ins and folders, and whoever made those chose them.

    Args:
        text: what is said.
        error: on standard error, where standard output is for a program.
    """
    print(visible_lines(str(text)), file=sys.stderr if error else sys.stdout)
