"""For notebooks: results as tables, and plans run from Python. See docs/api.md."""

from bench.api.results import Results, load
from bench.api.running import run

__all__ = ["Results", "load", "run"]
