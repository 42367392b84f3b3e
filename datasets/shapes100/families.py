"""Twenty families of five drawn shapes, as signed distances.

Each family is a pure function `(u, v, variant) -> distance`: `u` and `v` are float32 arrays of
coordinates in the shape's own frame, in which it fills about the unit disc, `variant` is 0 to 4,
and the distance is float32 of the same shape, negative inside.

Only + - * / sqrt, floor, comparisons and literals are used: IEEE 754 rounds each of them in one
way, so the shapes are the same to the bit on every machine. Sines and logarithms are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.floating]
Draw = Callable[[Plane, Plane, int], Plane]

# cos and sin of a full turn divided by k.
_STEP = {
    2: (-1.0, 0.0),
    3: (-0.5, 0.8660254037844386),
    4: (0.0, 1.0),
    5: (0.30901699437494745, 0.9510565162951535),
    6: (0.5, 0.8660254037844386),
    7: (0.6234898018587336, 0.7818314824680298),
    8: (0.7071067811865476, 0.7071067811865476),
}
_OUTLINE = 0.16


@dataclass(frozen=True)
class Family:
    """A superclass.

    Attributes:
        name: of the superclass.
        variants: names of its five classes.
        draw: signed distance of one of them.
    """

    name: str
    variants: tuple[str, str, str, str, str]
    draw: Draw


def directions(k: int) -> Iterator[tuple[float, float]]:
    """The `k` unit vectors that divide a full turn evenly, the first along u."""
    c, s = _STEP[k]
    x, y = 1.0, 0.0
    for _ in range(k):
        yield x, y
        x, y = x * c - y * s, x * s + y * c


def disc(u: Plane, v: Plane, radius: float, x: float = 0.0, y: float = 0.0) -> Plane:
    """A disc around (x, y)."""
    du, dv = u - x, v - y
    return np.sqrt(du * du + dv * dv) - radius


def box(u: Plane, v: Plane, width: float, height: float, x: float = 0.0, y: float = 0.0) -> Plane:
    """An upright rectangle around (x, y), of half `width` and half `height`."""
    return np.maximum(np.abs(u - x) - width, np.abs(v - y) - height)


def stroke(
    u: Plane, v: Plane, start: tuple[float, float], end: tuple[float, float], width: float
) -> Plane:
    """A line with round ends, of half `width`."""
    (ax, ay), (bx, by) = start, end
    dx, dy = bx - ax, by - ay
    along = ((u - ax) * dx + (v - ay) * dy) / (dx * dx + dy * dy)
    along = np.minimum(np.maximum(along, 0.0), 1.0)
    du, dv = u - ax - along * dx, v - ay - along * dy
    return np.sqrt(du * du + dv * dv) - width


def polygon(u: Plane, v: Plane, k: int, inner: float) -> Plane:
    """A regular polygon of `k` sides at distance `inner` from the centre."""
    return reduce(np.maximum, (u * x + v * y for x, y in directions(k))) - inner


def ring(distance: Plane, width: float) -> Plane:
    """The inner border, `width` wide, of a shape."""
    return np.maximum(distance, -width - distance)


def union(parts: Iterator[Plane]) -> Plane:
    """All of the parts."""
    return reduce(np.minimum, parts)


def cut(distance: Plane, away: Plane) -> Plane:
    """The first without the second."""
    return np.maximum(distance, -away)


def wave(x: Plane) -> Plane:
    """A triangle wave of period 1: distance from the nearest integer, less a quarter."""
    return np.abs(x - np.floor(x + 0.5)) - 0.25


def _polygons(u: Plane, v: Plane, variant: int) -> Plane:
    k = (3, 4, 5, 6, 8)[variant]
    return polygon(u, v, k, (0.55, 0.75, 0.82, 0.86, 0.9)[variant])


def _stars(u: Plane, v: Plane, variant: int) -> Plane:
    k = (4, 5, 6, 7, 8)[variant]
    # A spike is the cone |across| <= (1 - along) * slope.
    slope = (0.34, 0.3, 0.27, 0.24, 0.21)[variant]
    return union(
        np.maximum(np.abs(v * x - u * y) - (1.05 - (u * x + v * y)) * slope, -(u * x + v * y))
        for x, y in directions(k)
    )


def _flowers(u: Plane, v: Plane, variant: int) -> Plane:
    k = (3, 4, 5, 6, 8)[variant]
    petal = (0.45, 0.38, 0.33, 0.29, 0.23)[variant]
    petals = union(disc(u, v, petal, 0.62 * x, 0.62 * y) for x, y in directions(k))
    return cut(np.minimum(petals, disc(u, v, 0.5)), disc(u, v, 0.2))


def _rings(u: Plane, v: Plane, variant: int) -> Plane:
    outer = ring(disc(u, v, 0.95), (0.16, 0.45, 0.16, 0.14, 0.16)[variant])
    if variant < 2:
        return outer
    if variant == 2:
        return np.minimum(outer, ring(disc(u, v, 0.6), 0.18))
    if variant == 3:
        inner = np.minimum(ring(disc(u, v, 0.68), 0.14), ring(disc(u, v, 0.4), 0.14))
        return np.minimum(outer, inner)
    return np.minimum(outer, disc(u, v, 0.4))


def _dots(u: Plane, v: Plane, variant: int) -> Plane:
    k = variant + 2
    return union(disc(u, v, 0.27, 0.68 * x, 0.68 * y) for x, y in directions(k))


def _bars(u: Plane, v: Plane, variant: int) -> Plane:
    k = variant + 2
    pitch = 1.8 / k
    return union(box(u, v, 0.25 * pitch + 0.02, 0.8, (i - (k - 1) / 2) * pitch) for i in range(k))


def _spokes(u: Plane, v: Plane, variant: int) -> Plane:
    k = (3, 4, 5, 6, 8)[variant]
    return union(stroke(u, v, (0.0, 0.0), (0.9 * x, 0.9 * y), 0.12) for x, y in directions(k))


def _crescents(u: Plane, v: Plane, variant: int) -> Plane:
    return cut(disc(u, v, 0.95), disc(u, v, 0.85, (0.3, 0.48, 0.68, 0.92, 1.2)[variant]))


def _pies(u: Plane, v: Plane, variant: int) -> Plane:
    whole = disc(u, v, 0.95)
    if variant == 2:
        return np.maximum(whole, -v)
    # A wedge of a sixth or a third of the turn, kept or taken away.
    c, s = (0.8660254037844386, 0.5) if variant in (0, 4) else (0.5, 0.8660254037844386)
    wedge = np.abs(v) * c - u * s
    return np.maximum(whole, wedge) if variant < 2 else np.maximum(whole, -wedge)


def _checkers(u: Plane, v: Plane, variant: int) -> Plane:
    k = variant + 2
    cell = 1.6 / k
    x, y = (u + 0.8) / cell, (v + 0.8) / cell
    # Positive where both waves agree; half a period is one cell.
    agree = wave(0.5 * x - 0.25) * wave(0.5 * y - 0.25)
    return np.maximum(box(u, v, 0.8, 0.8), -agree * 8.0 * cell)


def _zigzags(u: Plane, v: Plane, variant: int) -> Plane:
    k = variant + 2
    points = [(-0.95 + 1.9 * i / k, 0.42 if i % 2 else -0.42) for i in range(k + 1)]
    return union(stroke(u, v, start, end, 0.11) for start, end in pairwise(points))


def _filled(shape: Plane, u: Plane, v: Plane, variant: int) -> Plane:
    """A shape's outline, filled with one of five patterns."""
    if variant == 0:
        pattern = wave(u / 0.5) * 0.5
    elif variant == 1:
        pattern = -wave(u / 0.8) * wave(v / 0.8) * 3.2
    elif variant == 2:
        du, dv = u - np.floor(u / 0.55 + 0.5) * 0.55, v - np.floor(v / 0.55 + 0.5) * 0.55
        pattern = np.sqrt(du * du + dv * dv) - 0.17
    elif variant == 3:
        pattern = wave(shape / 0.44) * 0.44
    else:
        pattern = u
    return np.minimum(ring(shape, _OUTLINE), np.maximum(shape, pattern))


def _patterned_discs(u: Plane, v: Plane, variant: int) -> Plane:
    return _filled(disc(u, v, 0.95), u, v, variant)


def _patterned_squares(u: Plane, v: Plane, variant: int) -> Plane:
    return _filled(box(u, v, 0.78, 0.78), u, v, variant)


def _patterned_triangles(u: Plane, v: Plane, variant: int) -> Plane:
    return _filled(polygon(u, v, 3, 0.58), u, v, variant)


# Strokes of the letters L, T, U, H and E.
_LETTERS = (
    (((-0.5, -0.8), (-0.5, 0.8)), ((-0.5, 0.8), (0.5, 0.8))),
    (((-0.7, -0.8), (0.7, -0.8)), ((0.0, -0.8), (0.0, 0.8))),
    (((-0.55, -0.8), (-0.55, 0.8)), ((-0.55, 0.8), (0.55, 0.8)), ((0.55, 0.8), (0.55, -0.8))),
    (((-0.55, -0.8), (-0.55, 0.8)), ((0.55, -0.8), (0.55, 0.8)), ((-0.55, 0.0), (0.55, 0.0))),
    (
        ((-0.5, -0.8), (-0.5, 0.8)),
        ((-0.5, -0.8), (0.5, -0.8)),
        ((-0.5, 0.0), (0.4, 0.0)),
        ((-0.5, 0.8), (0.5, 0.8)),
    ),
)


def _letters(u: Plane, v: Plane, variant: int) -> Plane:
    return union(stroke(u, v, start, end, 0.14) for start, end in _LETTERS[variant])


def _chevron(u: Plane, v: Plane, tip: float, width: float) -> Plane:
    ends = ((tip - 0.55, -0.6), (tip - 0.55, 0.6))
    return union(stroke(u, v, end, (tip, 0.0), width) for end in ends)


def _arrows(u: Plane, v: Plane, variant: int) -> Plane:
    if variant == 0:
        return np.minimum(_chevron(u, v, 0.85, 0.12), stroke(u, v, (-0.9, 0), (0.8, 0), 0.12))
    if variant == 1:
        heads = np.minimum(_chevron(u, v, 0.9, 0.12), _chevron(-u, v, 0.9, 0.12))
        return np.minimum(heads, stroke(u, v, (-0.85, 0), (0.85, 0), 0.12))
    if variant == 2:
        return _chevron(u, v, 0.35, 0.15)
    if variant == 3:
        return np.minimum(_chevron(u, v, 0.0, 0.13), _chevron(u, v, 0.65, 0.13))
    head = np.maximum(np.abs(v) - (0.95 - u) * 0.75, -u)
    return np.minimum(head, box(u, v, 0.5, 0.2, -0.45))


def _ellipses(u: Plane, v: Plane, variant: int) -> Plane:
    squeeze = (1.3, 1.8, 2.5, 3.5, 5.0)[variant]
    # The distance in the squeezed frame is scaled back along the short axis.
    return disc(u, v * squeeze, 0.95) * (2.0 / (1.0 + squeeze))


def _frames(u: Plane, v: Plane, variant: int) -> Plane:
    outer = ring(box(u, v, 0.8, 0.8), 0.16)
    if variant == 0:
        return outer
    if variant == 1:
        return np.minimum(outer, ring(box(u, v, 0.45, 0.45), 0.17))
    if variant == 2:
        return np.minimum(outer, disc(u, v, 0.3))
    bars = (box(u, v, 0.09, 0.75), box(u, v, 0.75, 0.09))
    return union(iter((outer, *bars[: variant - 2])))


def _rows(u: Plane, v: Plane, variant: int) -> Plane:
    k = variant + 2
    pitch = 1.9 / k
    half = 0.3 * pitch
    return union(box(u, v, half, half + 0.12, (i - (k - 1) / 2) * pitch) for i in range(k))


def _buttons(u: Plane, v: Plane, variant: int) -> Plane:
    plate = disc(u, v, 0.95)
    if variant == 0:
        return cut(plate, disc(u, v, 0.24))
    holes = (disc(u, v, 0.19, 0.5 * x, 0.5 * y) for x, y in directions(variant + 1))
    return cut(plate, union(holes))


FAMILIES: tuple[Family, ...] = (
    Family("polygons", ("triangle", "square", "pentagon", "hexagon", "octagon"), _polygons),
    Family("stars", ("star_4", "star_5", "star_6", "star_7", "star_8"), _stars),
    Family("flowers", ("flower_3", "flower_4", "flower_5", "flower_6", "flower_8"), _flowers),
    Family("rings", ("thin_ring", "thick_ring", "two_rings", "three_rings", "target"), _rings),
    Family("dots", ("dots_2", "dots_3", "dots_4", "dots_5", "dots_6"), _dots),
    Family("bars", ("bars_2", "bars_3", "bars_4", "bars_5", "bars_6"), _bars),
    Family("spokes", ("spokes_3", "spokes_4", "spokes_5", "spokes_6", "spokes_8"), _spokes),
    Family(
        "crescents",
        ("sickle", "crescent", "waning_moon", "half_moon", "gibbous_moon"),
        _crescents,
    ),
    Family("pies", ("pie_1_6", "pie_2_6", "pie_3_6", "pie_4_6", "pie_5_6"), _pies),
    Family(
        "checkers", ("checker_2", "checker_3", "checker_4", "checker_5", "checker_6"), _checkers
    ),
    Family("zigzags", ("zigzag_2", "zigzag_3", "zigzag_4", "zigzag_5", "zigzag_6"), _zigzags),
    Family(
        "patterned_discs",
        ("striped_disc", "checked_disc", "dotted_disc", "ringed_disc", "halved_disc"),
        _patterned_discs,
    ),
    Family(
        "patterned_squares",
        ("striped_square", "checked_square", "dotted_square", "ringed_square", "halved_square"),
        _patterned_squares,
    ),
    Family(
        "patterned_triangles",
        (
            "striped_triangle",
            "checked_triangle",
            "dotted_triangle",
            "ringed_triangle",
            "halved_triangle",
        ),
        _patterned_triangles,
    ),
    Family("letters", ("letter_l", "letter_t", "letter_u", "letter_h", "letter_e"), _letters),
    Family("arrows", ("arrow", "double_arrow", "chevron", "two_chevrons", "block_arrow"), _arrows),
    Family("ellipses", ("egg", "oval", "lens", "cigar", "needle"), _ellipses),
    Family("frames", ("frame", "two_frames", "dotted_frame", "split_frame", "window"), _frames),
    Family("rows", ("row_2", "row_3", "row_4", "row_5", "row_6"), _rows),
    Family("buttons", ("button_1", "button_2", "button_3", "button_4", "button_5"), _buttons),
)
