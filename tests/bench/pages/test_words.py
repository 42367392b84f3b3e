"""Numbers and names as people write them."""

import pytest

from bench.pages.words import counted, duration, engineering, enumerated, ranges, slug


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (12_345, "12,345 runs")]
)
def test_a_number_has_its_noun_in_the_right_form(number, said):
    assert counted(number, "run") == said


@pytest.mark.parametrize(
    ("words", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_reads_as_a_sentence(words, said):
    assert enumerated(words) == said


@pytest.mark.parametrize(
    ("seeds", "said"), [([3], "3"), ([0, 1, 2], "0, 1, 2"), ([0, 1, 2, 3, 7], "0 to 3, 7")]
)
def test_many_numbers_are_named_as_ranges(seeds, said):
    assert ranges(seeds) == said


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (8.44, "8.4 s"),
        (9.97, "10 s"),
        (92, "92 s"),
        (99.7, "2 min"),
        (3569, "59 min"),
        (3571, "1 h 00 min"),
        (3900, "1 h 05 min"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(999, "999"), (4_050_000, "4.05 M"), (21_300_000, "21.3 M")]
)
def test_large_numbers_have_three_digits(number, text):
    assert engineering(number) == text


@pytest.mark.parametrize(
    ("text", "anchor"), [("VGG-19 (a, b)", "vgg-19-a-b"), ("<>", "part"), ("x_y", "x-y")]
)
def test_slug(text, anchor):
    assert slug(text) == anchor
