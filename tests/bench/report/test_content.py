"""What the report draws and tables is what the records say."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from PIL import Image

from bench.analysis.calibration import reliability
from bench.analysis.confusion import confused_pairs, wrong_within_superclass
from bench.analysis.mistakes import mistakes as ordered_mistakes
from bench.analysis.mistakes import one_of_each
from bench.analysis.statistics import holm, paired_test
from bench.analysis.tally import tally
from bench.approaches.registry import APPROACHES, installed_approaches
from bench.records.store import RunStore
from bench.report import (
    accuracy_chart,
    architecture,
    calibration,
    comparisons,
    confusion,
    curves,
    mistakes,
    named_mistakes,
    per_class,
    published_part,
    scores_table,
    standing_part,
    tradeoffs,
)
from bench.report.groups import standings
from tests.support.factories import APPROACHES as FEW
from tests.support.factories import IMAGENET, RANDOM, make_predictions, write_run
from tests.support.report_factories import cifar100, made_up_images, write_matrix

CHOSEN = installed_approaches().select(("basic_cnn", "vgg19_96_head", "vgg19_96_forest"))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Three seeds of a network, of one that stops early, and of a forest."""
    store = RunStore(tmp_path_factory.mktemp("matrix"))
    write_matrix(store, CHOSEN, seeds=3, n=1000)
    return store


@pytest.fixture(scope="module")
def standing(store):
    (found,) = standings(store)
    return found


@pytest.fixture(scope="module")
def predictions_of(store):
    """The stored predictions of each seed of a group."""
    stored = {record.key: store.predictions(folder) for folder, record in store.runs()}
    return lambda group: [stored[record.key] for record in group.records]


def group_of(standing, approach):
    (group,) = (group for group in standing.groups if group.row.approach == approach)
    return group


def drawn(figure):
    canvas = Canvas()
    figure.draw(canvas)
    return canvas.axes[0]


def line(axes, label):
    (found,) = (line for line in axes.lines if line.get_label() == label)
    return np.asarray(found.get_xdata()), np.asarray(found.get_ydata())


NAMES = ("loss", "accuracy", "validation_loss", "validation_accuracy")


class TestGroups:
    def test_groups_follow_the_leaderboard(self, standing):
        assert [group.row for group in standing.groups] == list(standing.section.rows)
        assert [len(group.records) for group in standing.groups] == [3, 3, 3]

    def test_hits_are_those_of_their_records(self, standing, predictions_of):
        for group in standing.groups:
            stored = predictions_of(group)
            for record, hits, own in zip(group.records, group.tally.hits, stored, strict=True):
                assert record.test.accuracy == hits.credit.mean()
                np.testing.assert_array_equal(hits.credit, own.credit)

    def test_provenance_names_folder_and_seeds(self, standing):
        provenance = group_of(standing, "basic_cnn").provenance
        assert provenance == "From 3 records in runs/cifar100/full/basic_cnn (seeds 0, 1, 2)."

    def test_rows_that_look_alike_have_anchors_of_their_own(self, tmp_path):
        store = RunStore(tmp_path)
        for backend in ("tensorflow", "jax"):
            write_run(store, 0.4, backend=backend)
        write_run(store, approach="pretrained", weights=RANDOM, key="random")
        write_run(store, approach="pretrained", weights=IMAGENET)
        found = standings(store, FEW)
        anchors = [group.anchor for standing in found for group in standing.groups]
        anchors += [standing.anchor for standing in found]
        assert len(set(anchors)) == len(anchors) == 6
        assert "cifar100-full-random-backbone" in anchors


class TestCurves:
    def test_lines_are_the_means_of_the_histories(self, standing):
        group = group_of(standing, "basic_cnn")
        accuracy, loss, gap = (drawn(figure) for figure in curves.figures(group))
        histories = [record.history for record in group.records]
        for axes, label, quantity in (
            (accuracy, "training", lambda e: 100 * e.accuracy),
            (accuracy, "validation", lambda e: 100 * e.validation_accuracy),
            (loss, "training", lambda e: e.loss),
            (loss, "validation", lambda e: e.validation_loss),
            (gap, "by epoch", lambda e: 100 * (e.accuracy - e.validation_accuracy)),
        ):
            expected = np.mean([[quantity(e) for e in history] for history in histories], axis=0)
            x, y = line(axes, label)
            assert x.tolist() == list(range(1, 21))
            np.testing.assert_allclose(y, expected)

    def test_band_spans_the_seeds_that_reached_the_epoch(self, standing):
        group = group_of(standing, "vgg19_96_head")
        band = curves.band(group, lambda epoch: epoch.accuracy)
        lengths = [len(record.history) for record in group.records]
        assert lengths == [20, 21, 22]
        assert band.seeds.tolist() == [3] * 20 + [2, 1]
        last = group.records[2].history[21].accuracy
        assert (band.low[21], band.mean[21], band.high[21]) == (last, last, last)
        first = [record.history[0].accuracy for record in group.records]
        assert (band.low[0], band.high[0]) == (min(first), max(first))

    def test_diamond_is_the_gap_of_the_trained_models(self, standing):
        group = group_of(standing, "basic_cnn")
        x, y = line(drawn(curves.figures(group)[2]), "trained model, scored")
        assert x.tolist() == [20]
        expected = np.mean([r.train.accuracy - r.validation.accuracy for r in group.records])
        np.testing.assert_allclose(y, [100 * expected])

    def test_diamond_stands_at_the_epoch_whose_weights_were_kept(self, standing):
        group = group_of(standing, "vgg19_96_head")
        kept = [
            record.model_copy(update={"best_epoch": best})
            for record, best in zip(group.records, (4, 6, 11), strict=True)
        ]
        x, _ = line(
            drawn(curves.figures(replace(group, records=tuple(kept)))[2]), "trained model, scored"
        )
        assert x.tolist() == [7]

    def test_alternative_texts_say_first_and_last_epoch(self, standing):
        group = group_of(standing, "basic_cnn")
        accuracy, loss, gap = (figure.alternative for figure in curves.figures(group))
        first, last = (
            {name: np.mean([getattr(r.history[at], name) for r in group.records]) for name in NAMES}
            for at in (0, -1)
        )
        for text, name, words, form in (
            (accuracy, "accuracy", "training accuracy", lambda v: f"{100 * v:.1f} %"),
            (accuracy, "validation_accuracy", "validation accuracy", lambda v: f"{100 * v:.1f} %"),
            (loss, "loss", "training loss", lambda v: f"{v:.2f}"),
            (loss, "validation_loss", "validation loss", lambda v: f"{v:.2f}"),
        ):
            assert form(first[name]) != form(last[name])
            assert f"{words} goes from {form(first[name])} to {form(last[name])}" in text
        gaps = [100 * (at["accuracy"] - at["validation_accuracy"]) for at in (first, last)]
        assert f"from {gaps[0]:+.1f} points in the first epoch to {gaps[1]:+.1f} in the last" in gap

    def test_forest_has_no_curves(self, standing):
        assert curves.figures(group_of(standing, "vgg19_96_forest")) == ()


class TestConfusion:
    def test_counts_are_those_of_a_plain_count(self, standing, predictions_of):
        group = group_of(standing, "basic_cnn")
        expected = np.zeros((100, 100), int)
        for predictions in predictions_of(group):
            for right, named in zip(predictions.label, predictions.top_class[:, 0], strict=True):
                expected[right, named] += 1
        np.testing.assert_array_equal(group.tally.matrix, expected)

    def test_matrices_are_drawn_in_per_cent_and_by_superclass(self, standing):
        group, taxonomy = group_of(standing, "basic_cnn"), cifar100()
        matrix = group.tally.matrix
        coarse, fine = (drawn(figure).images[0].get_array() for figure in confusion.figures(group))
        order = list(taxonomy.order)
        assert [taxonomy.fine_to_coarse[k] for k in order] == sorted(taxonomy.fine_to_coarse)
        np.testing.assert_allclose(fine, 100 * matrix[order][:, order] / 30)
        blocks = matrix[order][:, order].reshape(20, 5, 20, 5).sum(axis=(1, 3))
        np.testing.assert_allclose(coarse, 100 * blocks / 150)

    def test_classes_are_led_by_their_superclasses(self, standing):
        _, figure = confusion.figures(group_of(standing, "basic_cnn"))
        axes = drawn(figure)
        names = [name.replace("_", " ") for name in cifar100().coarse_names]
        assert [label.get_text() for label in axes.get_yticklabels()] == names
        assert axes.get_yticks().tolist() == [5 * k + 2 for k in range(20)]
        # Between two superclasses one line across and one down.
        assert len(axes.lines) == 2 * 19
        assert "ordered by superclass" in figure.caption

    def test_pairs_count_both_ways_and_share_ranks(self):
        matrix = np.diag([5, 5, 5, 5])
        matrix[0, 1], matrix[1, 0], matrix[2, 3], matrix[3, 0] = 2, 1, 3, 1
        pairs = confused_pairs(matrix)
        found = [(p.one, p.other, p.forth, p.back, p.rank) for p in pairs.most(9)]
        assert found == [(0, 1, 2, 1, 1), (2, 3, 3, 0, 1), (0, 3, 0, 1, 3)]
        assert pairs.most(1) == (pairs.find(0, 1),)
        assert pairs.find(1, 2) is None

    def test_pairs_that_the_source_report_names_are_looked_up(self, standing):
        group, taxonomy = group_of(standing, "basic_cnn"), cifar100()
        most, reported = confusion.tables(group)
        matrix = group.tally.matrix
        names = [row[0] for row in reported.texts]
        assert names[:2] == ["boy – man", "rabbit – squirrel"]
        assert len(names) == 2 + 10
        boy, man = (taxonomy.fine_names.index(name) for name in ("boy", "man"))
        assert reported.texts[0][1] == str(matrix[boy, man] + matrix[man, boy])
        either = matrix + matrix.T - 2 * np.diag(np.diagonal(matrix))
        assert most.texts[0][1] == str(either.max())

    def test_answers_say_whether_the_named_mistakes_are_made(self, standing):
        group = group_of(standing, "basic_cnn")
        (named,) = named_mistakes.named_mistakes(standing.groups)
        limit = 4950 // 100
        rank = {(p.one, p.other): p.rank for p in confused_pairs(group.tally.matrix).most(4950)}
        names = cifar100().fine_names
        found = named_mistakes.answers(group, named)
        for answer in found[:2]:
            place = rank.get(tuple(names.index(name) for name in answer.what.split(" and ")))
            assert answer.found == (place is not None and place <= limit)
            assert answer.detail == ("never confused" if place is None else f"rank {place:,}")
        trees = list(combinations([k for k, name in enumerate(names) if "_tree" in name], 2))
        inside = sum(rank.get(pair, limit + 1) <= limit for pair in trees)
        assert (found[2].what, found[2].detail) == ("trees", f"{inside} of 10 pairs")
        table = named_mistakes.answers_table(standing.groups, named, "From tests.")
        assert [row[0] for row in table.texts] == [group.title for group in standing.groups]
        assert all(answer.detail in named_mistakes.finding(group) for answer in found)

    def test_share_within_the_superclass(self, standing, predictions_of):
        group = group_of(standing, "basic_cnn")
        coarse = np.array(cifar100().fine_to_coarse)
        label = np.concatenate([p.label for p in predictions_of(group)])
        named = np.concatenate([p.top_class[:, 0] for p in predictions_of(group)])
        wrong = label != named
        inside = wrong & (coarse[label] == coarse[named])
        matrix = group.tally.matrix
        found = wrong_within_superclass(matrix, cifar100())
        assert found == (inside.sum(), wrong.sum())


class TestPerClass:
    def test_table_has_the_recorded_means(self, standing):
        group = group_of(standing, "basic_cnn")
        table = per_class.table(group)
        assert len(table.rows) == 100
        expected = np.mean([record.per_class_accuracy for record in group.records], axis=0)
        assert [row[2] for row in table.texts] == [f"{100 * value:.1f} %" for value in expected]

    def test_dots_are_all_classes(self, standing):
        group = group_of(standing, "basic_cnn")
        axes = drawn(per_class.figure(group))
        dots = [y for line in axes.lines if line.get_marker() == "o" for y in line.get_xdata()]
        expected = [100 * value for value in per_class.accuracies(group)]
        np.testing.assert_allclose(sorted(dots), sorted(expected))

    def test_each_superclass_has_a_bar_at_its_mean(self, standing):
        group = group_of(standing, "basic_cnn")
        axes = drawn(per_class.figure(group))
        bars = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "|"]
        means = np.zeros(20)
        for label, value in enumerate(per_class.accuracies(group)):
            means[cifar100().fine_to_coarse[label]] += 100 * value / 5
        np.testing.assert_allclose(bars, sorted(means, reverse=True))
        assert per_class.table(group).columns[1] == "superclass"

    def test_alternative_text_names_best_and_worst_class(self, standing):
        group = group_of(standing, "basic_cnn")
        means = np.mean([record.per_class_accuracy for record in group.records], axis=0)
        names = [name.replace("_", " ") for name in cifar100().fine_names]
        text = per_class.figure(group).alternative
        best, worst = int(means.argmax()), int(means.argmin())
        assert f"best is {names[best]} with {100 * means[best]:.0f} %" in text
        assert f"worst {names[worst]} with {100 * means[worst]:.0f} %" in text

    def test_class_without_an_image_is_left_open(self, tmp_path):
        write_run(RunStore(tmp_path), n=50)
        (standing,) = standings(RunStore(tmp_path), FEW)
        (group,) = standing.groups
        assert per_class.table(group).texts[99][2] == "—"
        assert per_class.figure(group).png()


class TestCalibration:
    def test_bins_give_the_recorded_error(self, standing):
        for group in standing.groups:
            for record, bins in zip(group.records, group.tally.bins, strict=True):
                found = reliability(bins[None])
                assert found.images.sum() == record.test.images
                np.testing.assert_allclose(found.expected_error, record.test.calibration_error)

    def test_bins_by_hand(self):
        predictions = make_predictions(0.5, 100)
        sure = predictions.top_probability.copy()
        sure[:, 0] = np.where(np.arange(100) < 40, 0.75, 0.25)
        told = tally([replace(predictions, top_log_probability=np.log(sure))], 100)
        found = reliability(told.bins)
        correct = predictions.correct
        assert found.images.tolist() == [60, 40]
        assert found.confidence.tolist() == [0.25, 0.75]
        np.testing.assert_allclose(found.accuracy, [correct[40:].mean(), correct[:40].mean()])

    def test_line_is_that_of_all_seeds_together(self, standing):
        group = group_of(standing, "basic_cnn")
        x, y = line(drawn(calibration.figure(group)), "all seeds")
        together = reliability(group.tally.bins)
        np.testing.assert_allclose(x, 100 * together.confidence)
        np.testing.assert_allclose(y, 100 * together.accuracy)


class TestMistakes:
    def test_strongest_wrong_class_wins(self):
        one, other, third = (make_predictions(1.0, 4) for _ in range(3))
        seeds = []
        for predictions, named, sure in (
            (one, [0, 7, 3, 9], [0.9, 0.5, 0.9, 0.5]),
            (other, [0, 7, 4, 9], [0.9, 0.7, 0.8, 0.5]),
            (third, [0, 8, 2, 3], [0.9, 0.9, 0.9, 0.5]),
        ):
            top, probability = predictions.top_class.copy(), predictions.top_probability.copy()
            top[:, 0], probability[:, 0] = named, sure
            seeds.append(
                replace(predictions, top_class=top, top_log_probability=np.log(probability))
            )
        found = ordered_mistakes(tally(seeds, 100).wrong, cifar100())
        assert [(m.index, m.named, m.votes) for m in found] == [(1, 7, 2), (3, 9, 2), (2, 3, 1)]
        assert found[0].confidence == pytest.approx(0.6, abs=1e-3)

    def test_seeds_on_other_images_leave_the_first_alone(self):
        one, other = make_predictions(0.5, 100), make_predictions(0.5, 100, seed=1)
        told = tally([one, replace(other, index=other.index[::-1])], 100)
        assert not told.same_images
        assert told.wrong.votes.max() == 1
        assert (told.wrong.votes > 0).sum() == 50
        assert told.matrix.sum() == 200

    def test_close_means_the_same_superclass_and_each_pair_comes_once(self, standing):
        found = mistakes.of_group(group_of(standing, "basic_cnn"))
        coarse = cifar100().fine_to_coarse
        for close in (True, False):
            shown = one_of_each(found, close, mistakes.SHOWN)
            assert len(shown) == mistakes.SHOWN
            assert len({(m.label, m.named) for m in shown}) == mistakes.SHOWN
            assert all((coarse[m.label] == coarse[m.named]) == close for m in shown)

    def test_tiles_show_the_test_images(self, standing):
        group, data = group_of(standing, "basic_cnn"), made_up_images()
        close, far = mistakes.galleries(group, data)
        first = one_of_each(mistakes.of_group(group), False, 1)[0]
        tile = far.tiles[0]
        png = base64.b64decode(tile.image.partition(",")[2])
        pixels = np.asarray(Image.open(io.BytesIO(png)))
        np.testing.assert_array_equal(pixels, data.test.images[first.index])
        assert tile.lines[0] == cifar100().fine_names[first.label].replace("_", " ")
        assert tile.lines[3] == f"{first.votes} of 3 seeds"
        assert len(close.tiles) == mistakes.SHOWN
        titles = ["Close: the right superclass", "Far: another superclass"]
        assert [close.title, far.title] == titles


class TestAcrossApproaches:
    def test_points_are_the_rows(self, standing):
        rows = {group.title: group.row for group in standing.groups}
        found = tradeoffs.points(standing, "training_seconds")
        assert len(found) == 3
        for point in found:
            row = rows[point.title]
            assert point.cost == row.training_seconds.mean
            assert point.accuracy == 100 * row.accuracy.mean
            assert point.range == (
                min(row.training_seconds.values),
                max(row.training_seconds.values),
            )

    @pytest.mark.parametrize("cost", ["parameters", "flops"])
    def test_forest_has_neither_parameters_nor_flops(self, standing, cost):
        titles = {point.title for point in tradeoffs.points(standing, cost)}
        assert titles == {a.title for a in CHOSEN if not a.name.endswith("forest")}

    def test_points_are_drawn_where_they_belong(self, standing):
        figure = tradeoffs.figures(standing)[0]
        axes = drawn(figure)
        for point in tradeoffs.points(standing, "parameters"):
            x, y = line(axes, point.title)
            assert (x.tolist(), y.tolist()) == ([point.cost], [point.accuracy])

    def test_pairs_are_those_of_the_statistics(self, standing, predictions_of):
        correct = [np.stack([p.correct for p in predictions_of(g)]) for g in standing.groups]
        pairs = [(0, 1), (0, 2), (1, 2)]
        p_values = [paired_test(correct[i], correct[j]) for i, j in pairs]
        found = standing.pairs
        assert [(pair.one, pair.other) for pair in found] == pairs
        np.testing.assert_allclose([pair.p for pair in found], p_values)
        np.testing.assert_allclose([pair.corrected for pair in found], holm(p_values))
        np.testing.assert_allclose(
            [pair.difference for pair in found],
            [correct[i].mean() - correct[j].mean() for i, j in pairs],
            atol=1e-6,
        )

    def test_matrix_writes_each_difference_both_ways(self, standing):
        texts = [text.get_text() for text in drawn(comparisons.figure(standing)).texts]
        for pair in standing.pairs:
            assert f"{100 * pair.difference:+.1f}" in texts
            assert f"−{100 * pair.difference:.1f}" in texts

    def test_other_images_are_not_tested(self, tmp_path):
        store = RunStore(tmp_path)
        write_run(store, approach="plain")
        others = np.arange(1000, dtype=np.int32)[::-1]
        write_run(store, approach="pretrained", weights=IMAGENET, index=others)
        (standing,) = standings(store, FEW)
        (pair,) = standing.pairs
        assert (pair.p, pair.corrected, pair.significant) == (None, None, False)
        assert comparisons.table(standing).texts[0][3:] == ("not tested", "not tested", "no")

    def test_a_single_row_has_nobody_to_be_compared_with(self, tmp_path):
        write_run(RunStore(tmp_path))
        (standing,) = standings(RunStore(tmp_path), FEW)
        assert comparisons.figure(standing) is None
        assert tradeoffs.figures(standing) == ()


class TestTables:
    def test_leaderboard_has_the_rows_and_sorts_by_their_numbers(self, standing):
        part = standing_part.section(standing, APPROACHES, {})
        (table,) = next(s for s in part.sections if s.anchor.endswith("-columns")).tables
        measured = table.columns.index("measured")
        assert [row[measured].key for row in table.cells] == [
            row.accuracy.mean for row in standing.section.rows
        ]
        links = [row[table.header].href for row in table.cells]
        assert links == [f"#{group.anchor}" for group in standing.groups]

    def test_dots_are_measured_and_diamonds_documented(self, standing):
        axes = drawn(accuracy_chart.figure(standing))
        for marker, values in (
            ("o", [100 * row.accuracy.mean for row in standing.section.rows]),
            ("D", [100 * row.documented_accuracy for row in standing.section.rows]),
        ):
            found = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == marker]
            assert found == values
            # None is cut in half by the edge.
            assert axes.get_xlim()[1] > 1.03 * max(found)

    def test_alternative_text_of_the_chart_names_the_highest(self, standing):
        means = {
            group.title: np.mean([record.test.accuracy for record in group.records])
            for group in standing.groups
        }
        best = max(means, key=means.get)
        text = accuracy_chart.figure(standing).alternative
        assert f"The highest mean is {100 * means[best]:.1f} %, of {best}" in text

    def test_scores_are_the_means_of_the_records(self, standing):
        group = group_of(standing, "basic_cnn")
        table = scores_table.table(group)
        assert [row[0] for row in table.rows] == ["train", "validation", "test"]
        accuracy = 100 * np.mean([record.test.accuracy for record in group.records])
        assert table.rows[2][2].startswith(f"{accuracy:.2f} ± ")

    def test_published_results_are_cited(self):
        (table,) = published_part.section().tables
        assert table.texts[0][:2] == ("EfficientNet-L2 + SAM", "96.08 %")
        assert all(row[3].href.startswith("https://") for row in table.cells)


@pytest.fixture(scope="module")
def built():
    return architecture.build_architectures(installed_approaches().select(("basic_cnn",)))


class TestArchitecture:
    def test_built_layers_stand_beside_the_documented_ones(self, built):
        section = architecture.section(built, APPROACHES)
        (table,) = section.sections[0].tables
        assert table.rows[0] == (
            *("Conv_16_3", "Conv2D", "30 × 30 × 16", "30 × 30 × 16", "448", "448", "yes"),
        )
        assert table.rows[12][4:] == ("184,004", "184,004", "yes")
        assert "Conforms" in section.sections[0].text[1]

    def test_a_difference_is_named_where_it_is(self, built):
        (first,) = built
        changed = replace(first.built, rows=first.built.rows[1:])
        wrong = replace(first, built=changed, differences=("layer 1: gone",))
        part = architecture.section((wrong,), APPROACHES).sections[0]
        assert "layer 1: gone" in part.text[1]
        assert part.tables[0].rows[0][-1] == "no"
