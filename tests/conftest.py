"""Tests without a mark of their own belong to the smoke tier."""

import gc

import pytest
from hypothesis import settings

# No test fails for being slow, least of all on a machine that is busy with other things.
settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")

MARKS = (
    "smoke",
    "short",
    "full",
    "benchmark",
    "tracker",
    "pages",
    "browser",
    "processes",
    "clusters",
    "network",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not any(item.get_closest_marker(mark) for mark in MARKS):
            item.add_marker(pytest.mark.smoke)


def pytest_collection_finish() -> None:
    """Let the garbage collector look at no object that is there before the first test.

    Keras collects for each network that is built; frameworks and collected tests are most of what
    there is, and stay.
    """
    gc.collect()
    gc.freeze()
