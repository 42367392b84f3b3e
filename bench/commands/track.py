"""`bench track`: all records on a tracker's page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.options import OWN, Results
from bench.pages.words import counted

if TYPE_CHECKING:
    from bench.trackers.protocol import Page


def track(
    tracker: Annotated[
        str, typer.Option(help="trackio, mlflow or tensorboard; see `bench list trackers`.")
    ] = "trackio",
    results: Results = OWN,
    page: Annotated[
        bool, typer.Option("--page/--no-page", help="Start the page, or only log the records.")
    ] = True,
    browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = True,
    port: Annotated[int | None, typer.Option(help="On loopback. Default: any free one.")] = None,
) -> None:
    """Log all records into a tracker and show its page until Ctrl-C; needs no server, no account.

    Runs that go on meanwhile appear on it if `bench run` was given the same --tracker and
    --results.
    """
    from bench.errors import BenchError
    from bench.records.opening import open_store, require_records
    from bench.trackers.pages import free_port
    from bench.trackers.recorded import import_records
    from bench.trackers.registry import get_entry, get_tracker, tracker_folder

    get_entry(tracker)
    store = require_records(open_store(results))
    chosen = get_tracker(tracker, results)
    folder = tracker_folder(results, tracker)
    at = free_port(port)
    try:
        imported = import_records(store, chosen)
        started = chosen.page(at)
    except BenchError:
        raise
    # A tracker's own errors are of any kind, and its copies can always be made again.
    except Exception as error:
        said = " ".join(str(error).split())
        raise BenchError(
            f"{tracker} cannot take the records ({said}); delete {folder} and run again"
        ) from error
    print(
        f"{counted(imported.records, 'record')} in {tracker}, {imported.new} of them new",
        flush=True,
    )
    if page:
        _show(started, folder / "page.log", browser)


def _show(page: Page, log: Path, browser: bool) -> None:
    import signal
    import webbrowser

    from bench.errors import BenchError
    from bench.trackers.pages import serving

    # Whoever ends us by a signal must not leave the page's program behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with serving(page, log) as program:
            print(f"{page.address}  (Ctrl-C ends it)", flush=True)
            if browser:
                webbrowser.open(page.address)
            program.wait()
            raise BenchError(f"the page ended by itself; see {log}")
    except KeyboardInterrupt:
        print("page closed")
