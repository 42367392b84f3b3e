"""What became of each mutant (`outcomes.csv`), why some live (`survivors.toml`), and the page."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.planting import Outcome
from tests.mutation.modules import all_modules
from tests.mutation.mutants import Mutant

HERE = Path(__file__).parent
OUTCOMES, SURVIVORS = HERE / "outcomes.csv", HERE / "survivors.toml"
PAGE = HERE.parents[1] / "docs" / "testing.md"
BEGIN, END = "<!-- survivors: python -m tests.mutation --page -->", "<!-- end of the survivors -->"
_COLUMNS = ("id", "file", "operator", "before", "after", "outcome", "of")


@dataclass(frozen=True)
class Row:
    """A mutant's last outcome.

    Attributes:
        id: of the mutant.
        file: relative to the checkout.
        operator: cosmic-ray's name of the change.
        before: the line as it is.
        after: the line as it was planted.
        outcome: `noticed` or `survived`.
        of: how many mutants the module had when this one was planted.
    """

    id: str
    file: str
    operator: str
    before: str
    after: str
    outcome: str
    of: int

    @property
    def lives(self) -> bool:
        """Whether its tests did not notice it."""
        return self.outcome == "survived"


@dataclass(frozen=True)
class Reason:
    """Why a mutant may live.

    Attributes:
        id: of the mutant.
        why: in words.
        equivalent: no test could notice it, as nothing that the project promises changes.
    """

    id: str
    why: str
    equivalent: bool


def read(path: Path = OUTCOMES) -> list[Row]:
    """Every row; none where the file is missing."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(*row[:-1], of=int(row[-1])) for row in list(csv.reader(file))[1:]]


def reasons(path: Path = SURVIVORS) -> dict[str, Reason]:
    """Reasons by the id of the mutant that they are about."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        identity: Reason(identity, entry["why"], entry["equivalent"])
        for entry in data["because"]
        for identity in entry["mutants"]
    }


def write(rows: Iterable[Row], gone: Iterable[str] = (), path: Path = OUTCOMES) -> None:
    """Put rows in, take those of mutants that are no more out; in the modules' order."""
    found = {row.id: row for row in read(path)} | {row.id: row for row in rows}
    dropped = set(gone)
    order = {module.file: place for place, module in enumerate(all_modules())}
    kept = sorted(
        (row for row in found.values() if row.id not in dropped and row.file in order),
        key=lambda row: (order[row.file], row.before, row.id),
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(_COLUMNS)
        lines.writerows(
            (r.id, r.file, r.operator, r.before, r.after, r.outcome, r.of) for r in kept
        )


def row_of(mutant: Mutant, outcome: Outcome, of: int) -> Row:
    """A planted mutant's row: to loop until the time is up, or to fail to import, shows."""
    ended = "survived" if outcome == "survived" else "noticed"
    return Row(mutant.id, mutant.file, mutant.operator, mutant.before, mutant.after, ended, of)


def score(rows: Sequence[Row], known: dict[str, Reason]) -> tuple[int, int]:
    """(noticed, planted) among mutants that are not equivalent."""
    counted = [
        row for row in rows if not (row.lives and row.id in known and known[row.id].equivalent)
    ]
    return sum(not row.lives for row in counted), len(counted)


def section(rows: Sequence[Row], known: dict[str, Reason]) -> str:
    """The page's part: scores by module, and every survivor with its reason."""
    noticed, planted = score(rows, known)
    share = 100 * noticed / planted if planted else 0.0
    lines = [
        f"{noticed} of {planted} mutants that are not equivalent were noticed ({share:.1f} %).",
        "",
        "| module | mutants | planted | equivalent | noticed |",
        "|---|---|---|---|---|",
    ]
    for file in dict.fromkeys(row.file for row in rows):
        own = [row for row in rows if row.file == file]
        seen, counted = score(own, known)
        lines.append(
            f"| {file} | {max(row.of for row in own)} | {len(own)} | {len(own) - counted} "
            f"| {seen} of {counted} |"
        )
    missing = [module.file for module in all_modules() if module.file not in {r.file for r in rows}]
    if missing:
        lines += ["", f"Not planted yet: {', '.join(missing)}."]
    alive = [row for row in rows if row.lives]
    lines += [
        "",
        f"The {len(alive)} that live:",
        "",
        "| module | was | became | why |",
        "|---|---|---|---|",
    ]
    for row in alive:
        reason = known.get(row.id)
        why = (
            f"{'equivalent: ' if reason.equivalent else ''}{reason.why}"
            if reason
            else "not yet said"
        )
        lines.append(f"| {row.file} | {_code(row.before)} | {_code(row.after)} | {why} |")
    return "\n".join(lines)


def write_page(path: Path = PAGE) -> None:
    """Write the section anew."""
    page = path.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    rendered = section(read(), reasons())
    path.write_text(f"{before}{BEGIN}\n{rendered}\n{END}{after}", encoding="utf-8")


def _code(text: str) -> str:
    escaped = text.replace("|", "\\|")
    return f"`` {escaped} ``" if "`" in text else f"`{escaped}`" if text else "(nothing)"
