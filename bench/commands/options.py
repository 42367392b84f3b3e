"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Results = Annotated[Path, typer.Option(help="Folder of records and leaderboard.")]
