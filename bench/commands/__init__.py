"""One file a command; nothing heavy is imported before a command needs it."""

from typing import Annotated

import typer

from bench.commands.ablate import ablate
from bench.commands.archive import archive
from bench.commands.check import check
from bench.commands.collect import collect
from bench.commands.demo import demo
from bench.commands.explore import explore
from bench.commands.features import features
from bench.commands.leaderboard import leaderboard
from bench.commands.list import list_entries
from bench.commands.merge import merge
from bench.commands.migrate import migrate
from bench.commands.plugins import tell_broken
from bench.commands.protocol import protocol
from bench.commands.report import report
from bench.commands.run import run
from bench.commands.score import score
from bench.commands.status import status
from bench.commands.track import track
from bench.commands.verify import verify

app = typer.Typer(
    name="bench",
    help="Rebuild, train and judge seven documented CIFAR-100 approaches.\n\n"
    "Start with [bold]bench demo[/bold], which shows what is recorded, and [bold]bench run[/bold], "
    "which trains every approach on a part of the images in minutes and writes "
    "runs/leaderboard.md.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"bench {version('cifar100-bench')}")
        except PackageNotFoundError:
            print("bench, not installed")
        raise typer.Exit


@app.callback()
def _every_command(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    # What a command loads on its way is only known at its end.
    context.call_on_close(tell_broken)


app.command("run")(run)
app.command("demo")(demo)
app.command("ablate")(ablate)
app.command("explore")(explore)
app.command("features")(features)
app.command("leaderboard")(leaderboard)
app.command("report")(report)
app.command("protocol")(protocol)
app.command("check")(check)
app.command("score")(score)
app.command("list")(list_entries)
app.command("track")(track)
app.command("verify")(verify)
app.command("migrate")(migrate)
app.command("status")(status)
app.command("collect")(collect)
app.command("merge")(merge)
app.command("archive")(archive)
