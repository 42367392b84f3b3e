"""The leaderboard is a pure function of the records, and says what it may say and no more."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from bench.analysis.verdicts import Verdict
from bench.approaches.approach import Documented
from bench.leaderboard.build import assemble, build
from bench.leaderboard.files import JSON, MARKDOWN, contents, write_leaderboard
from bench.leaderboard.legends import EMPTY, MEASURED
from bench.leaderboard.model import Leaderboard
from bench.leaderboard.published import published_results
from bench.leaderboard.tables import COLUMNS, rows_table
from bench.leaderboard.terminal import summary
from bench.leaderboard.text import heading, provenance
from bench.records.store import RECORD, RunStore
from tests.support.factories import (
    APPROACHES,
    BACKBONE_RECIPE,
    FULL,
    IMAGENET,
    RANDOM,
    SCRATCH_RECIPE,
    make_record,
    make_scores,
    write_run,
)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


@pytest.fixture
def full_store(store):
    """Three seeds of three approaches under the full tier, as documented."""
    for seed, shift in enumerate((-0.002, 0.0, 0.002)):
        validation = make_scores(0.36 + shift, 2.68, 10_000)
        train = make_scores(0.50 + shift, 1.86 + shift)
        common = {"seed": seed, "validation": validation, "train": train}
        write_run(store, 0.387 + shift, approach="plain", **common)
        write_run(store, 0.56 + shift, approach="pretrained", weights=IMAGENET, **common)
        write_run(store, 0.30 + shift, approach="forest", weights=IMAGENET, parameters=0, **common)
    return store


def to_markdown(leaderboard):
    return contents(leaderboard)[MARKDOWN]


def to_json(leaderboard):
    return contents(leaderboard)[JSON]


def full_rows(section):
    """The rows as text by the name of their column."""
    table = rows_table(section)
    return [dict(zip(table.columns, texts, strict=True)) for texts in table.texts]


def only_section(store):
    (section,) = build(store, APPROACHES).sections
    return section


def row_of(section, approach):
    (row,) = (row for row in section.rows if row.approach == approach)
    return row


def cells_of(lines):
    """The cells of a Markdown table's lines, without its rule."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return [rows[0], *rows[2:]]


class TestPage:
    def test_what_a_reader_came_for_stands_first(self, full_store):
        lines = to_markdown(build(full_store, APPROACHES)).splitlines()
        assert lines[0] == "# Leaderboard"
        assert lines[2] == (
            "**Of 3 documented test accuracies: 1 reproduced, 1 exceeded, 1 not reproduced, "
            "0 inconclusive, 0 fitted; 1 approach not run (CIFAR-100, full tier, recorded "
            "2025-01-02).**"
        )
        # No report speaks of these approaches.
        assert lines[4] == MEASURED
        assert lines[6] == "Not run here: `unrun`."
        table = cells_of(lines[8:13])
        assert table[0] == [
            *("approach", "docu&shy;ment&shy;ed", "meas&shy;ured", "verdict", "Δ", "rank", "cost"),
        ]
        assert [row[:4] for row in table[1:]] == [
            [
                "[Pretrained backbone](report/index.html#cifar100-full-pretrained)",
                *("51.2", "56.0 ± 0.5", "exceeded (4.7)"),
            ],
            [
                "[Plain CNN](report/index.html#cifar100-full-plain)",
                *("38.7", "38.7 ± 0.5", "reproduced (4.5)"),
            ],
            [
                "[Forest on the backbone](report/index.html#cifar100-full-forest)",
                *("40", "30.0 ± 0.5", "not reproduced (5.0)"),
            ],
        ]
        assert [row[4:] for row in table[1:]] == [
            ["+4.8", "1", "92\u00a0s"],
            ["+0.0", "2", "92\u00a0s"],
            ["−10.0", "3", "92\u00a0s"],
        ]

    def test_everything_else_is_folded(self, full_store):
        write_run(full_store, tier="short")
        page = to_markdown(build(full_store, APPROACHES))
        headings = [line for line in page.splitlines() if line.startswith("#")]
        assert headings == [
            "# Leaderboard",
            "## Every claim",
            "## CIFAR-100, short tier",
            "## Where these approaches stand",
            "## Details",
        ]
        details = page.partition("## Details")[2]
        assert details.count("<details>") == details.count("</details>") == 7
        assert page.count("<details>") == 7

    def test_every_column_is_there_in_the_details(self, full_store):
        page = to_markdown(build(full_store, APPROACHES))
        _, _, rest = page.partition("<summary>Every column (CIFAR-100, full tier)</summary>")
        table = cells_of(rest.split("</details>")[0].strip().splitlines())
        assert table[0] == list(COLUMNS)
        assert table[2][-6:] == ["184,004", "4.05 M", "92 s", "4,000", "CPU (tensorflow)", "3"]

    def test_versions_are_said_once_and_only_what_differs_again(self, full_store):
        folder = write_run(full_store, 0.4, seed=3, key="later")
        record, predictions = full_store.read(folder), full_store.predictions(folder)
        changed = {"commit": "f" * 40, "dirty": True, "cores": 4}
        environment = record.environment.model_copy(update=changed)
        full_store.write(
            folder, record.model_copy(update={"environment": environment}), predictions
        )
        (section,) = build(full_store, APPROACHES).sections
        assert provenance(section) == (
            "Images: cifar100 made up for tests (fingerprint `ffffffffffff`), 1,000 for the test",
            "Tier: nothing capped",
            "Backbone: VGG-19 ImageNet weights (SHA-256 `abababababab`)",
            "Ran on: Test processor, 2 or 4 cores",
            "With: Python 3.12.1, keras 3.15.1, tensorflow 1.0; commits `01234567`, `ffffffff` "
            "with uncommitted changes",
        )

    def test_every_documented_number_stands_against_the_measured_one(self, full_store):
        page = to_markdown(build(full_store, APPROACHES))
        _, _, rest = page.partition("every reading (")
        rows = [
            [cell.strip() for cell in line.split("|")[1:-1]]
            for line in rest.splitlines()
            if line.startswith("| plain")
        ]
        assert [row[:3] + row[5:] for row in rows] == [
            ["plain, parameters", "184,004", "184,004", "reproduced", "no", "2b"],
            ["plain, epochs", "3", "3", "reproduced", "yes", "2c"],
            ["plain, train accuracy", "50 %", "50.00 ± 0.50 %", "reproduced", "yes", "2b"],
            ["plain, train loss", "1.86", "1.860 ± 0.005", "reproduced", "yes", "2b"],
            ["plain, validation accuracy", "36 %", "36.00 ± 0.50 %", "reproduced", "yes", "2b"],
            ["plain, test accuracy", "38.7 %", "38.70 ± 0.50 %", "reproduced", "yes", "2b"],
        ]

    def test_only_what_could_have_been_missed_stands_outside_the_details(self, full_store):
        page = to_markdown(build(full_store, APPROACHES))
        claims, _, _ = page.partition("## Every claim")[2].partition("## ")
        assert "| plain, test accuracy " in claims
        assert "plain, parameters" not in claims
        assert "reproduced (4.5 points)" in claims

    def test_a_verdict_names_its_resolution(self, full_store):
        (cells,) = (c for c in full_rows(only_section(full_store)) if c["name"] == "plain")
        # (1.96 + 0.84) standard errors of 1,000 images, and the seeds' part, 0.2 points.
        assert cells["resolution"] == "4.5 points"

    def test_claims_come_in_the_order_of_the_registry(self, full_store):
        claims = only_section(full_store).claims.claims
        names = list(dict.fromkeys(claim.subject.partition(",")[0] for claim in claims))
        assert names == ["plain", "pretrained", "forest"]

    def test_an_empty_store_says_so_and_how_to_get_rows(self, store):
        page = to_markdown(build(store, APPROACHES))
        assert EMPTY in page
        assert "tox -e full" in EMPTY
        assert "<summary>How to read it</summary>" not in page

    def test_published_results_are_cited_and_marked(self, store):
        page = to_markdown(build(store, APPROACHES))
        _, _, published = page.partition("<summary>Published, not run here</summary>")
        rows = [line for line in published.splitlines() if line.startswith("| ")][1:]
        assert len(rows) == len(published_results()) > 10
        assert "EfficientNet-L2 + SAM" in rows[0]
        assert "96.08 %" in rows[0]
        assert "JFT-300M" in rows[0]
        assert "| none " in rows[-1]
        assert "[Foret et al. 2021, table 3](https://arxiv.org/abs/2010.01412)" in rows[0]
        for row, result in zip(rows, published_results(), strict=True):
            assert f"({result.citation.url})" in row

    def test_text_from_records_cannot_break_the_page(self, store):
        write_run(store, device="a|b\n<script>", key="odd")
        page = to_markdown(build(store, APPROACHES))
        assert r"a\|b &lt;script&gt; (tensorflow)" in page

    def test_one_seed_has_no_plus_minus(self, store):
        write_run(store, 0.387)
        (cells,) = full_rows(only_section(store))
        assert cells["measured"] == "38.70 %"
        assert cells["SD"] == "—"
        assert cells["verdict"] == "undecided"

    def test_a_number_that_is_not_reproduced_is_explained(self, store):
        documented = Documented("test_accuracy", 0.9, 0.01, "2b", explanation="It was <luck>.")
        approaches = [replace(a, documented=(documented,)) for a in APPROACHES]
        for seed in range(3):
            write_run(store, 0.4, seed=seed)
        page = to_markdown(build(store, approaches))
        assert "Not reproduced: plain, test accuracy: It was &lt;luck&gt;." in page
        kept = [replace(documented, value=0.4)]
        approaches = [replace(a, documented=tuple(kept)) for a in APPROACHES]
        assert "luck" not in to_markdown(build(store, approaches))


class TestSections:
    def test_what_differs_in_more_than_the_approach_is_kept_apart(self, store):
        write_run(store, key="a")
        write_run(store, key="b", fingerprint="e" * 64)
        write_run(store, key="c", tier="short")
        write_run(store, key="d", tier="short", tier_parameters=FULL | {"max_epochs": 5})
        write_run(store, key="e", dataset="shapes100")
        write_run(store, key="f", approach="pretrained", weights=RANDOM)
        leaderboard = build(store, APPROACHES)
        assert all(len(section.rows) == 1 for section in leaderboard.sections)
        headings = [heading(section) for section in leaderboard.sections]
        assert headings == [
            "CIFAR-100, full tier",
            "CIFAR-100, full tier",
            "CIFAR-100, full tier, random backbone: says nothing about accuracy",
            "CIFAR-100, short tier",
            "CIFAR-100, short tier",
            "shapes100 (synthetic images), full tier",
        ]

    @pytest.mark.parametrize(
        "other", [{"tier": "short"}, {"dataset": "shapes100"}, {"weights": RANDOM}]
    )
    def test_only_the_documented_protocol_gets_verdicts(self, store, other):
        for seed in range(3):
            write_run(store, 0.512, seed=seed, approach="pretrained", **other)
        section = only_section(store)
        assert not section.judged
        assert section.claims is None
        (cells,) = full_rows(section)
        assert cells["verdict"] == "—"
        shown = "51.2 %" if other == {"tier": "short"} else "—"
        assert cells["documented"] == shown

    def test_random_backbones_miss_only_approaches_that_have_a_backbone(self, store):
        write_run(store, approach="pretrained", weights=RANDOM)
        assert only_section(store).not_run == ("forest",)

    def test_sections_of_a_matrix_are_found(self, full_store):
        write_run(full_store, tier="short")
        wanted = make_record(seed=9, tier="short")
        (found,) = build(full_store, APPROACHES).sections_of([wanted])
        assert found.tier == "short"


class TestRows:
    def test_seeds_of_one_recipe_backend_and_device_are_one_row(self, store):
        write_run(store, 0.40, seed=0)
        write_run(store, 0.42, seed=1)
        write_run(store, 0.40, seed=0, backend="jax")
        write_run(store, 0.40, seed=0, device="GPU")
        write_run(store, 0.40, seed=0, key="r", recipe=replace(SCRATCH_RECIPE, batch_size=64))
        section = only_section(store)
        found = sorted((row.backend, row.device, row.seeds) for row in section.rows)
        assert found == [
            ("jax", "CPU", (0,)),
            ("tensorflow", "CPU", (0,)),
            ("tensorflow", "CPU", (0, 1)),
            ("tensorflow", "GPU", (0,)),
        ]
        together = next(row for row in section.rows if row.seeds == (0, 1))
        assert together.accuracy.mean == 0.41
        assert together.accuracy.values == (0.40, 0.42)

    def test_a_recipe_unlike_the_registered_one_is_named_and_marked(self, store):
        write_run(store)
        write_run(store, key="r", recipe=replace(SCRATCH_RECIPE, batch_size=64))
        section = only_section(store)
        labels = {
            row.registered: cells["name"]
            for row, cells in zip(section.rows, full_rows(section), strict=True)
        }
        assert labels[True].startswith("plain (recipe ")
        assert labels[False].endswith(" †")
        assert "† not in the registry today" in to_markdown(build(store, APPROACHES))

    def test_a_backbone_in_bfloat16_is_a_row_of_its_own_by_name(self, store):
        write_run(store, approach="pretrained", weights=IMAGENET)
        half = replace(
            BACKBONE_RECIPE, backbone=replace(BACKBONE_RECIPE.backbone, dtype="bfloat16")
        )
        write_run(store, approach="pretrained", weights=IMAGENET, recipe=half, key="half")
        section = only_section(store)
        assert {row.label for row in section.rows} == {
            "pretrained",
            "pretrained (bfloat16 backbone)",
        }
        assert all(row.registered for row in section.rows)

    def test_different_weight_files_are_different_rows(self, store):
        write_run(store, approach="pretrained", weights=IMAGENET)
        other = IMAGENET.model_copy(update={"sha256": "cd" * 32})
        write_run(store, approach="pretrained", weights=other, key="other")
        section = only_section(store)
        assert {row.label for row in section.rows} == {
            "pretrained (weights abababab)",
            "pretrained (weights cdcdcdcd)",
        }
        assert len(section.weights) == 2

    def test_an_approach_that_nobody_registered_has_a_row(self, store):
        write_run(store, 0.6, approach="mine")
        row = row_of(only_section(store), "mine")
        assert row.documented_accuracy is None
        assert row.verdict is None
        assert row.rank == 1
        assert not row.registered

    def test_a_seed_that_was_run_again_counts_once(self, store):
        write_run(store, 0.30, key="old", started="2025-01-01T00:00:00+00:00")
        write_run(store, 0.40, key="new", started="2025-02-01T00:00:00+00:00")
        section = only_section(store)
        row = row_of(section, "plain")
        assert row.seeds == (0,)
        assert row.accuracy.mean == 0.40
        assert "1 older record of a seed" in section.notes[0]

    def test_a_training_that_diverged_is_named(self, store):
        write_run(store, 0.40, seed=0)
        write_run(store, 0.40, seed=1, diverged=7)
        (note,) = only_section(store).notes
        assert note == "plain, seed 1, diverged in epoch 7: what counts is its best epoch before."


class TestRanks:
    def test_rows_that_do_not_differ_significantly_share_a_rank(self, store):
        write_run(store, 0.500, approach="plain")
        write_run(store, 0.505, approach="pretrained", weights=IMAGENET)
        write_run(store, 0.300, approach="forest", weights=IMAGENET)
        section = only_section(store)
        found = [(cells["rank"], cells["name"]) for cells in full_rows(section)]
        assert found == [("1=", "pretrained"), ("1=", "plain"), ("3", "forest")]

    def test_other_images_have_no_paired_test_and_say_so(self, store):
        write_run(store, 0.9, approach="plain")
        elsewhere = np.arange(1000, 2000, dtype=np.int32)
        write_run(store, 0.1, approach="forest", weights=IMAGENET, index=elsewhere)
        section = only_section(store)
        assert [row.rank for row in section.rows] == [1, 1]
        assert section.rows[0].approach == "plain"
        assert "forest and plain were not scored on the same images" in section.notes[0]

    def test_seeds_scored_on_other_images_have_no_paired_test_either(self, store):
        write_run(store, 0.9, approach="plain", seed=0)
        write_run(store, 0.9, approach="plain", seed=1, index=np.arange(1, 1001, dtype=np.int32))
        write_run(store, 0.1, approach="forest", weights=IMAGENET)
        section = only_section(store)
        assert [row.rank for row in section.rows] == [1, 1]
        assert len(section.notes) == 1


class TestPurity:
    def test_the_order_of_reading_does_not_matter(self, full_store):
        write_run(full_store, 0.3, key="old", started="2024-01-01T00:00:00+00:00")
        runs = list(full_store.runs())
        expected = to_json(build(full_store, APPROACHES))
        for seed in range(3):
            shuffled = random.Random(seed).sample(runs, len(runs))
            again = assemble(shuffled, full_store.hits, APPROACHES)
            assert to_json(again) == expected
            assert to_markdown(again) == to_markdown(build(full_store, APPROACHES))

    def test_each_predictions_file_is_read_once_and_only_for_tests(self, full_store):
        write_run(full_store, tier="short")
        read = []

        def load(folders):
            asked = list(folders)
            read.extend(asked)
            return full_store.hits(asked)

        assemble(full_store.runs(), load, APPROACHES)
        assert len(read) == len(set(read)) == 9
        assert all("full" in folder.parts for folder in read)

    def test_written_files_are_the_leaderboard(self, full_store):
        leaderboard = write_leaderboard(full_store, APPROACHES)
        text = (full_store.root / JSON).read_text(encoding="utf-8")
        assert Leaderboard.model_validate(json.loads(text)) == leaderboard
        page = (full_store.root / MARKDOWN).read_text(encoding="utf-8")
        assert page == to_markdown(leaderboard)
        verdicts = {
            row["approach"]: row["verdict"] for row in json.loads(text)["sections"][0]["rows"]
        }
        assert verdicts["pretrained"] == Verdict.EXCEEDED

    def test_needs_no_framework(self, full_store):
        script = (
            "import sys; from pathlib import Path; from bench.records.store import RunStore; "
            "from bench.leaderboard.files import write_leaderboard; "
            f"write_leaderboard(RunStore(Path({str(full_store.root)!r}))); "
            "heavy = {'keras', 'tensorflow', 'jax', 'pandas', 'sklearn', 'scipy.stats'}; "
            "print(*sorted(heavy & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == ""
        assert (full_store.root / MARKDOWN).is_file()


def test_summary_for_the_terminal_has_few_columns(full_store):
    table = summary(only_section(full_store))
    assert table.columns == ("name", "documented", "measured", "verdict", "seeds")
    assert [texts[0] for texts in table.texts] == ["pretrained", "plain", "forest"]


def test_a_damaged_record_is_left_out_and_listed(full_store):
    path = min(full_store.root.glob(f"runs/*/*/plain/*/{RECORD}"))
    path.write_text("{")
    assert row_of(only_section(full_store), "plain").seeds == (1, 2)
    assert [found.folder for found in full_store.unreadable()] == [path.parent]
