"""Which peers can be measured here."""

from importlib.util import find_spec

from bench.system.devices import has_accelerator


def pytorch_is_a_peer() -> bool:
    """Whether PyTorch is installed and ours computes on a CPU, as this project's peers do."""
    return find_spec("torch") is not None and not has_accelerator()
