"""The networks of the benchmark, and the proof that they are the documented ones."""

from models.errors import ModelError, WeightsError
from models.registry import build, build_backbone, build_trainable, get_entry, list_models

__all__ = [
    "ModelError",
    "WeightsError",
    "build",
    "build_backbone",
    "build_trainable",
    "get_entry",
    "list_models",
]
