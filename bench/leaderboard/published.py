"""Results that others published on one data set, from `published.toml`; none was run here."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from bench.records.metrics import Fraction

# Whose test images they are all of.
DATASET = "cifar100"


class Citation(BaseModel):
    """Where a number was published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authors: str = Field(description="family names")
    title: str = Field(description="of the work")
    year: int | None = Field(default=None, description="none for a page that keeps changing")
    url: str = Field(pattern=r"^https://", description="where it can be read")
    where: str = Field(description="the place within the source")

    @property
    def short(self) -> str:
        """As a text refers to it: "Foret et al. 2021"."""
        first, _, others = self.authors.partition(",")
        return " ".join(
            [first, *(["et al."] if others else []), *([str(self.year)] if self.year else [])]
        )


class PublishedResult(BaseModel):
    """One published accuracy on the test set of the data set that all of them are of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str = Field(description="as its source names it")
    accuracy: Fraction = Field(description="on the test images, a fraction")
    digits: int = Field(ge=0, description="decimals of the published percentage")
    extra_data: str | None = Field(description="trained on besides the data set; none from scratch")
    citation: Citation = Field(description="where the number is printed")


def published_results(dataset: str = DATASET) -> tuple[PublishedResult, ...]:
    """Every published result on a data set, the most accurate first."""
    if dataset != DATASET:
        return ()
    text = files("bench.leaderboard").joinpath("published.toml").read_text(encoding="utf-8")
    # Parsed as text, so that "89.7" keeps the number of digits that its source printed.
    document = tomllib.loads(text, parse_float=str)
    results = [
        PublishedResult(
            method=entry["method"],
            accuracy=round(float(entry["accuracy"]) / 100, 6),
            digits=len(entry["accuracy"].partition(".")[2]),
            extra_data=entry.get("extra_data"),
            citation=Citation(**document["source"][entry["source"]], where=entry["where"]),
        )
        for entry in document["result"]
    ]
    return tuple(sorted(results, key=lambda result: (-result.accuracy, result.method)))
