"""Two runs have one key if, and only if, they have the same ingredients."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bench.approaches.run_key import run_key

PLAIN = st.dictionaries(st.text(max_size=4), st.integers(0, 3) | st.text(max_size=3), max_size=2)
INGREDIENTS: dict[str, st.SearchStrategy[Any]] = {
    "code_version": st.integers(1, 9),
    "approach": st.text(max_size=5),
    "recipe": PLAIN,
    "dataset": st.text(max_size=5),
    "tier": PLAIN,
    "seed": st.integers(0, 99),
    "backend": st.sampled_from(["jax", "tensorflow", "torch"]),
    "weights": st.none() | st.text(max_size=5),
}


@given(
    st.fixed_dictionaries(INGREDIENTS),
    st.sampled_from(sorted(INGREDIENTS)).flatmap(
        lambda name: st.tuples(st.just(name), INGREDIENTS[name])
    ),
)
def test_one_other_ingredient_is_another_key(ingredients, changed) -> None:
    name, value = changed
    other = ingredients | {name: value}
    assert (run_key(**other) == run_key(**ingredients)) == (value == ingredients[name])


@given(st.fixed_dictionaries(INGREDIENTS))
def test_cap_that_is_not_set_has_no_part_in_the_key(ingredients) -> None:
    more = ingredients | {"tier": ingredients["tier"] | {"a new cap": None}}
    assert run_key(**more) == run_key(**ingredients)
