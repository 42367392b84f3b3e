"""Dropout masks of TensorFlow, bit by bit, in a fraction of the time that its own kernel takes.

TensorFlow draws a 32-bit number for each value with Philox 4x32-10 (Salmon et al., "Parallel random
numbers: as easy as 1, 2, 3", 2011), one group of four after the other. The same arithmetic over
whole arrays is vectorised by XLA's compiler. Only here TensorFlow is used itself: Keras can neither
compile a part of a step nor take TensorFlow's key from a seed.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

_ROUNDS = 10
_MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
# TensorFlow makes a float32 in [0, 1) of the lowest 23 bits.
_FRACTION_BITS = 23

# Programs by shape and rate: compiling one takes half a second.
_compiled = partial(tf.function, jit_compile=True, autograph=False)


def in_a_graph() -> bool:
    """Whether what is called now is being traced, so that compiling pays."""
    return not tf.executing_eagerly()


def scaled_mask(shape: tuple[int, ...], rate: float, seed: Any) -> Any:
    """What `keras.random.dropout` multiplies with: 0 with probability `rate`, else 1 / (1 - rate).

    Args:
        shape: of the values, all of it known.
        rate: in (0, 1).
        seed: int64 (2,), of a `keras.random.SeedGenerator`.

    Returns:
        float32 of that shape.
    """
    # As Keras makes an int32 seed of it.
    seed = tf.cast(tf.math.floormod(seed, tf.int32.max - 1), tf.int32)
    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed)
    # Two programs: in one, XLA would draw a group again for each of its four values.
    packed = _compiled(partial(_packed, math.prod(shape), rate))(key, counter)
    return _compiled(partial(_unpacked, shape, rate))(packed)


def _packed(count: int, rate: float, key: Any, counter: Any) -> Any:
    """Whether values are kept, four bits a group, uint8 (ceil(count / 4),)."""
    limit = math.ceil(float(np.float32(rate)) * 2**_FRACTION_BITS)
    fraction = tf.constant(2**_FRACTION_BITS - 1, tf.uint32)
    length = -(-count // 4)
    groups = tf.zeros(length, tf.uint8)
    for position, word in enumerate(_words(length, key, counter)):
        kept = tf.bitwise.bitwise_and(word, fraction) >= tf.constant(limit, tf.uint32)
        groups += tf.cast(kept, tf.uint8) * tf.constant(1 << position, tf.uint8)
    return groups


def _unpacked(shape: tuple[int, ...], rate: float, groups: Any) -> Any:
    bits = tf.bitwise.bitwise_and(groups[:, None], tf.constant([1, 2, 4, 8], tf.uint8))
    kept = tf.reshape(tf.reshape(bits > 0, [-1])[: math.prod(shape)], shape)
    return tf.where(kept, np.float32(1 / (1 - rate)), np.float32(0))


def _words(groups: int, key: Any, counter: Any) -> tuple[Any, Any, Any, Any]:
    """The four words of each group, uint32 (groups,), from uint64 (1,) and (2,)."""
    # Made once for all rounds: a step has five masks, and tracing each operation takes its time.
    half, first, second = (tf.constant(n, tf.uint64) for n in (32, *_MULTIPLIERS))
    steps = [tf.constant(step, tf.uint32) for step in _KEY_STEPS]
    keys = _halves(key[0], half)
    zero = tf.zeros(groups, tf.uint32)
    a, b = _halves(counter[0] + tf.cast(tf.range(groups), tf.uint64), half)
    c, d = (zero + part for part in _halves(counter[1], half))
    for _ in range(_ROUNDS):
        low_a, high_a = _halves(tf.cast(a, tf.uint64) * first, half)
        low_c, high_c = _halves(tf.cast(c, tf.uint64) * second, half)
        a, b, c, d = _xor(high_c, b, keys[0]), low_c, _xor(high_a, d, keys[1]), low_a
        keys = tuple(part + step for part, step in zip(keys, steps, strict=True))
    return a, b, c, d


def _halves(value: Any, half: Any) -> tuple[Any, Any]:
    return tf.cast(value, tf.uint32), tf.cast(tf.bitwise.right_shift(value, half), tf.uint32)


def _xor(*values: Any) -> Any:
    first, second, third = values
    return tf.bitwise.bitwise_xor(tf.bitwise.bitwise_xor(first, second), third)
