"""What runs in a process of its own: one step of a plan, told back as it goes on."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, cast

from bench.engines.failures import is_input_error, is_out_of_memory, said
from bench.engines.session import Session
from bench.engines.steps import Step, perform
from bench.progress import events
from bench.system.backend import import_backend
from bench.system.devices import grow_device_memory
from bench.training.determinism import prepare
from bench.training.stop import StopRequested, check_stop, request_stop

# Exit code of a process that stopped on request; what it finished is kept.
STOPPED = 130
_PR_SET_PDEATHSIG = 1
_PARENT_SECONDS = 1.0


@dataclass(frozen=True)
class Abort:
    """Bad input that concerns every run: the plan ends with this line."""

    reason: str


@dataclass(frozen=True)
class OutOfMemory:
    """The machine or device had too little memory: no fault of the run while it has neighbours."""

    reason: str


def work(job: dict[str, Any], teller: Connection) -> None:
    """Do one step, and send every event to the parent; the process ends with it."""
    end_with_parent()
    # An interrupt from the terminal reaches every process; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: request_stop())
    step = Step.from_plain(job["step"])

    def tell(event: object) -> None:
        check_stop()
        # A parent that is gone hears nothing; this process ends soon.
        with suppress(OSError):
            teller.send(event)

    grow_device_memory()
    try:
        import_backend(step.run.backend)
        prepare()
        for line in device_lines():
            tell(events.Note(line))
        perform(step, Session.from_plain(job["session"], tell))
    except StopRequested:
        sys.exit(STOPPED)
    except Exception as error:
        if is_out_of_memory(error):
            tell(OutOfMemory(f"out of memory: {said(error)}"))
        elif is_input_error(error):
            tell(Abort(" ".join(str(error).split())))
        else:
            tell(events.RunFailed(step.run, said(error)))
    finally:
        teller.close()


def device_lines() -> list[str]:
    """What computes, and a warning where a GPU lies idle; the backend must be imported."""
    from bench.system.devices import device_line, idle_gpu_warning

    warning = idle_gpu_warning()
    return [device_line(), *([warning] if warning else [])]


def end_with_parent() -> None:
    """Have this process end when its parent does, however the parent ends and however soon."""
    # Not `os.getppid()`: where the parent is gone already, that is another process.
    started_by = multiprocessing.parent_process()
    parent = os.getppid() if started_by is None else cast(int, started_by.pid)
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_SECONDS)
    os._exit(1)
