"""The same key on the same machine gives the same bits, in any layout of processes.

A sum over several threads is added up in another order than over one, and float32 sums depend on
their order; so a small network is trained on one thread, whatever the machine's cores. TensorFlow
must also be told to use operations whose result does not depend on timing.

Threads are counted when a framework starts, so they are set before: by the environment of a process
that is about to be started (`environment`), or by `prepare` in one that has not computed yet. What
may still change the bits, a record's environment says: threads, processor, versions.
"""

from __future__ import annotations

import os
import sys

from bench.errors import BenchError
from bench.system.cores import THREAD_VARIABLES, threads


def environment(count: int) -> dict[str, str]:
    """Variables for a process that is to compute on this many threads, set before it starts.

    Raises:
        BenchError: the number is under 1.
    """
    if count < 1:
        raise BenchError(f"{count} threads cannot compute; give 1 or more")
    return dict.fromkeys(THREAD_VARIABLES, str(count))


def prepare(count: int | None = None) -> int:
    """Have this process compute deterministically; to be called before it computes.

    Args:
        count: threads that one operation may use; `None` leaves what is set, else all cores.

    Returns:
        The number of threads that are in force.

    Raises:
        BenchError: the number is under 1, or a framework has already started with another one.
    """
    if count is not None and count != threads():
        if any(package in sys.modules for package in ("keras", "tensorflow", "jax")):
            raise BenchError(
                f"a framework has already started with {threads()} threads instead of {count}; "
                f"set {THREAD_VARIABLES[0]}={count} before Python starts"
            )
        os.environ.update(environment(count))
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    return threads()
