from tests.bench.conftest import eager

__all__ = ["eager"]
