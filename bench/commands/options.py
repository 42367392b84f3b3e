"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

OWN = Path("runs")  # `bench.records.opening.OWN`, which would import NumPy here.
Results = Annotated[
    Path,
    typer.Option(help="Folder of records and pages. By default results/ is read beside it."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Processes that train small networks side by side, one per core; on a CPU. "
        "Default: one for each core.",
    ),
]
