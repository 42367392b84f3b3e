"""The random numbers of dropout masks against an implementation of its own and known answers."""

import math

import numpy as np
import pytest

from bench.system.backend import choose_backend

pytestmark = [
    pytest.mark.smoke,
    pytest.mark.skipif(choose_backend() != "tensorflow", reason="needs the TensorFlow backend"),
]

# Random123's own known answers for philox4x32 of ten rounds (kat_vectors): counter, key, numbers.
KNOWN = [
    ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Salmon et al. 2011, section 3.3, in Python's whole numbers."""
    a, b, c, d = counter
    first, second = key
    for _ in range(10):
        one, two = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b = (two >> 32) ^ b ^ first, two % 2**32
        c, d = (one >> 32) ^ d ^ second, one % 2**32
        first, second = (first + 0x9E3779B9) % 2**32, (second + 0xBB67AE85) % 2**32
    return a, b, c, d


def as_words(number: int) -> tuple[int, int]:
    return number % 2**32, number >> 32


@pytest.mark.parametrize(("counter", "key", "numbers"), KNOWN)
def test_numbers_are_the_published_ones(counter, key, numbers) -> None:
    import tensorflow as tf

    from models.layers.philox import _words

    assert philox(counter, key) == numbers
    low, high = (np.uint64(counter[i] + (counter[i + 1] << 32)) for i in (0, 2))
    words = _words(
        1,
        tf.constant([key[0] + (key[1] << 32)], tf.uint64),
        tf.constant([low, high], tf.uint64),
    )
    assert tuple(int(word[0]) for word in words) == numbers


@pytest.mark.parametrize(("shape", "rate"), [((3, 5, 7), 0.1), ((4, 9), 0.45)])
def test_mask_is_what_the_numbers_say(shape: tuple[int, ...], rate: float) -> None:
    import tensorflow as tf

    from models.layers.philox import scaled_mask

    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=tf.constant([3, 11]))
    key_words = as_words(int(key[0]))
    start, rest = int(counter[0]), as_words(int(counter[1]))
    numbers = [
        number
        for group in range(math.ceil(math.prod(shape) / 4))
        for number in philox((*as_words(start + group), *rest), key_words)
    ]
    # TensorFlow's uniform numbers: the lowest 23 bits behind the point; kept from the rate on.
    uniform = np.array([number % 2**23 / 2**23 for number in numbers])[: math.prod(shape)]
    expected = np.where(uniform >= np.float32(rate), np.float32(1 / (1 - rate)), 0)
    mask = scaled_mask(shape, rate, tf.constant([3, 11], tf.int64)).numpy()
    np.testing.assert_array_equal(mask, expected.reshape(shape).astype(np.float32))


def test_fraction_that_is_dropped_is_the_rate() -> None:
    import tensorflow as tf

    from models.layers.philox import scaled_mask

    dropped = (scaled_mask((400, 100), 0.3, tf.constant([1, 2], tf.int64)).numpy() == 0).mean()
    # Five standard deviations of 40,000 draws.
    assert abs(dropped - 0.3) < 5 * math.sqrt(0.3 * 0.7 / 40_000)
