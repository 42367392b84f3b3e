"""The benchmark harness: approaches, tiers, trials, records and the leaderboard."""


def __getattr__(name: str) -> str:
    """`__version__` of the installed package, looked up when it is asked for."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("cifar100-bench")
        except PackageNotFoundError:
            return "not installed"
    raise AttributeError(f"module 'bench' has no attribute {name!r}")
