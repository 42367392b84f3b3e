"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

OWN = Path("runs")
Results = Annotated[
    Path,
    typer.Option(help="Folder of your records and pages; those of results/ are read beside them."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Processes that train small networks side by side, one per core; on a CPU. "
        "Default: one for each core.",
    ),
]
