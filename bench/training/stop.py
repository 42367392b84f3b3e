"""A wish to stop, which a training looks for between its steps.

A signal's exception is raised wherever Python happens to be. In a callback of a library (JAX runs
one at each garbage collection, and finalizers are others) it is printed and dropped, and Ctrl-C
does nothing. A flag cannot get lost: the handler calls `request_stop`, and the loop finds it.
"""

from __future__ import annotations

import threading


class StopRequested(KeyboardInterrupt):
    """Somebody asked the training to stop; what was finished before is kept.

    No `Exception`, so that no library takes it for a failure of its own.
    """


_requested = threading.Event()


def request_stop() -> None:
    """Have the training stop before its next step; to be called from a signal's handler."""
    _requested.set()


def clear_stop() -> None:
    """Forget the wish, before something else is begun in the same process."""
    _requested.clear()


def stop_requested() -> bool:
    """Whether somebody asked to stop."""
    return _requested.is_set()


def check_stop() -> None:
    """Do nothing unless a stop was requested. Takes 0.1 microseconds.

    Raises:
        StopRequested: it was.
    """
    if _requested.is_set():
        raise StopRequested("stopped on request; run again to go on from the last finished epoch")
