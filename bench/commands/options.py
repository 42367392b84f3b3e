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
Dataset = Annotated[
    str | None,
    typer.Option(
        help="Name of a data set, see `bench list datasets`, or auto: CIFAR-100 where it can be "
        "had, else shapes100. Options of its own follow a colon, as in folder:image_size=64 or "
        "shapes100:difficulty=0.5. Default: the tier's, else auto."
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Where the images are: folder or archive of CIFAR-100 or CIFAR-10, Python or binary "
        "layout, or a folder of class folders."
    ),
]
