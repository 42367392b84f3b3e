"""The whole exploration of a data set, section by section."""

from __future__ import annotations

from collections.abc import Sequence

from bench.explore.augmentation_preview import augmentation_figure, augmentation_table
from bench.explore.class_difficulty import (
    accuracy_figure,
    confused_figure,
    confused_pairs_figure,
    difficulty_sentence,
    ends_figure,
    ends_table,
    measure,
)
from bench.explore.embeddings import pixel_embedding
from bench.explore.evidence import Evidence, gather_evidence
from bench.explore.near_duplicates import (
    Embedding,
    cosines_figure,
    find_nearest,
    near_duplicate_sentences,
    near_duplicate_table,
    pairs_figure,
)
from bench.explore.overview import (
    balance_figure,
    balance_sentence,
    channel_table,
    channels_figure,
    overview_sentence,
    pixel_values,
    sizes_table,
)
from bench.explore.resize_preview import SIZE, resize_figure
from bench.explore.samples import samples_figure
from bench.leaderboard.published import PublishedResult, published_results
from bench.pages.sections import Link, Section
from bench.pages.words import percent
from bench.records.store import RunStore
from datasets import AffineAugmentation, ImageDataset


def explore(
    dataset: ImageDataset,
    *,
    store: RunStore | None = None,
    seed: int = 0,
    embedding: Embedding | None = None,
) -> tuple[Section, ...]:
    """Count, measure and draw a data set; nothing is written.

    Args:
        dataset: the images.
        store: where recorded predictions on these very images are looked for; without any, a
            quick classifier is fitted to tell easy classes from hard ones.
        seed: of every choice of images and every draw of the augmentation; 0 or more.
        embedding: by which images are compared across train and test; pixels unless given.

    Returns:
        The sections of a page. The same arguments give the same sections.

    Raises:
        BenchError: a record is damaged, or Keras has no backend here.
    """
    results = published_results(dataset.name)
    published = (_published(results),) if results else ()
    evidence = gather_evidence(dataset, store)
    return (
        _contents(dataset, seed),
        Section("size", "Data size", (overview_sentence(dataset),), tables=(sizes_table(dataset),)),
        Section(
            "balance",
            "Is the data balanced?",
            (balance_sentence(dataset),),
            figures=(balance_figure(dataset),),
        ),
        _augmentation(dataset, seed),
        *published,
        _class_difficulty(dataset, evidence, seed),
        *([_resizing(dataset, seed)] if max(dataset.input_shape) < SIZE else []),
        _near_duplicates(dataset, embedding or pixel_embedding()),
        _origin(dataset, evidence),
    )


def _resizing(dataset: ImageDataset, seed: int) -> Section:
    return Section(
        "resizing",
        f"Resizing to {SIZE} × {SIZE}",
        (
            "The backbone learned on images of 224 × 224. Made larger, these hold no more "
            "detail, but their shapes come closer to the sizes that it knows.",
        ),
        figures=(resize_figure(dataset, seed),),
    )


def _origin(dataset: ImageDataset, evidence: Evidence) -> Section:
    """To the bit, for who checks it."""
    records = (f"Runs: {', '.join(f'`{name}`' for name in evidence.records)}.",)
    return Section(
        "origin",
        "Where this comes from",
        (
            f"Images: {dataset.source} (fingerprint `{dataset.fingerprint[:12]}`).",
            *(records if evidence.records else ()),
        ),
        folded=True,
    )


def _contents(dataset: ImageDataset, seed: int) -> Section:
    values = pixel_values(dataset)
    return Section(
        "contents",
        "What a sample contains",
        (
            "Each sample is one colour image, its class and its superclass."
            if dataset.taxonomy.has_superclasses
            else "Each sample is one colour image and its class.",
        ),
        tables=(channel_table(dataset, values),),
        figures=(samples_figure(dataset, seed), channels_figure(dataset, values)),
        opening=True,
    )


def _augmentation(dataset: ImageDataset, seed: int) -> Section:
    augmentation = AffineAugmentation()
    return Section(
        "augmenting",
        "Augmentation",
        ("Every image is moved again each time it is trained on, by one map of its own.",),
        tables=(augmentation_table(augmentation, dataset.input_shape[:2]),),
        figures=(augmentation_figure(dataset, augmentation, seed),),
    )


def _published(results: Sequence[PublishedResult]) -> Section:
    above = [result for result in results if result.accuracy > 0.9]
    extra = sum(result.extra_data is not None for result in above)
    best = results[0]
    return Section(
        "published",
        "Published results",
        (
            f"Of the {len(results)} published results that this project cites, {len(above)} lie "
            f"above 90 % test accuracy, {extra} of them with extra training data; the best is "
            f"{best.method} at {percent(best.accuracy, best.digits)} ({best.citation.short}, "
            f"{best.citation.where}). The leaderboard lists them all; none was run here.",
        ),
    )


def _class_difficulty(dataset: ImageDataset, evidence: Evidence, seed: int) -> Section:
    measured = measure(dataset, evidence)
    return Section(
        "class-difficulty",
        "Easy and hard classes",
        (
            "Which classes are easy to tell from the others is measured, by "
            f"{evidence.source}: {percent(evidence.accuracy)} of {len(evidence.label):,} answers "
            "are right. Another classifier may order the classes otherwise.",
            difficulty_sentence(dataset, measured),
        ),
        links=(
            (Link("Every class by every approach, in the report", evidence.href),)
            if evidence.href
            else ()
        ),
        tables=(ends_table(dataset, evidence, measured),),
        figures=(
            accuracy_figure(dataset, evidence, measured),
            ends_figure(dataset, evidence, measured, seed),
            confused_pairs_figure(dataset, evidence, measured),
            confused_figure(dataset, evidence, measured),
        ),
    )


def _near_duplicates(dataset: ImageDataset, embedding: Embedding) -> Section:
    nearest = find_nearest(dataset, embedding)
    return Section(
        "near-duplicates",
        "The same image on both sides",
        near_duplicate_sentences(dataset, nearest, embedding),
        tables=(near_duplicate_table(dataset, nearest, embedding),),
        figures=(
            cosines_figure(dataset, nearest, embedding),
            pairs_figure(dataset, nearest, embedding),
        ),
    )
