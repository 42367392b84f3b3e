"""Ctrl-C: the first press stops after the step and keeps what is finished, the second ends at once.

One handler for the whole program. A `KeyboardInterrupt` that is raised wherever Python happens to
be can be swallowed by a library's callback; a wish that is looked for between steps cannot.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType

from bench.training.stop import clear_stop, request_stop

FIRST = "stopping after this step; press Ctrl-C again to end at once"


@contextmanager
def held_back() -> Iterator[None]:
    """Have an interrupt wait while the block runs.

    A process that is started within inherits this for good: a key that is pressed before it can
    say that it leaves interrupts to its parent does not end it with a traceback.
    """
    # Or multiprocessing would start it within, and let interrupts through behind it.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def stopping_on_interrupt(tell: Callable[[str], None]) -> Iterator[None]:
    """Have SIGINT ask for a stop while the block runs; anywhere but in the main thread nothing.

    Args:
        tell: given one line at the first press.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    clear_stop()

    def handle(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        request_stop()
        tell(FIRST)

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        clear_stop()
