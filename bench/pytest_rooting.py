"""Lets `pytest --data-dir DIR` find this project's configuration.

pytest looks for its configuration before it knows the options of any plugin, so it takes the value
of an option that it does not know yet for a path of tests, and for its root where that path exists:
the markers, the default tier and the harness's options are then all missing. This module is
registered as an entry point, which pytest loads wherever its root is. It knows the harness's
options and, where the root was such a mistake, starts pytest once more with the configuration
named. Outside a checkout of this project it does nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = ROOT / "pyproject.toml"


def called_in_project() -> bool:
    """Whether pytest was called in the checkout that this package lies in."""
    return CONFIGURATION.is_file() and Path.cwd().resolve().is_relative_to(ROOT)


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Know the harness's options even where the configuration that asks for them was missed."""
    if called_in_project():
        pluginmanager.import_plugin("bench.plugin")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | pytest.ExitCode | None:
    """Start again with this project's configuration where a value of an option hid it."""
    if not _configuration_was_missed(config):
        return None
    arguments = ["-c", str(CONFIGURATION), *map(str, config.invocation_params.args)]
    return pytest.main(arguments, config.invocation_params.plugins)


def _configuration_was_missed(config: pytest.Config) -> bool:
    if not called_in_project() or (config.inipath and config.inipath.resolve() == CONFIGURATION):
        return False
    if config.getoption("inifilename") or config.getoption("rootdir"):
        return False
    # Now that the options are known, only real paths of tests are left here.
    paths = [Path.cwd() / str(name).split("::")[0] for name in config.getoption("file_or_dir")]
    return all(path.resolve().is_relative_to(ROOT) for path in paths)
