"""Two approaches, and what is documented of one of them."""

from __future__ import annotations

from bench.approaches.approach import Approach
from bench.approaches.claims import Claim, ClaimSet, Documented, Number
from bench.approaches.recipes import NetworkRecipe, Optimizer, Split
from bench_neighbours.recipe import NeighboursRecipe

CLAIMS = ClaimSet(
    name="neighbours-notes",
    title="Notes on thumbnails and neighbours",
    citation="a plug-in in the benchmark's examples says",
    claims=(
        Claim(
            name="thumbnail-parameters",
            section="models",
            words="58,148 parameters",
            says=Number(
                "thumbnail_cnn",
                Documented("parameters", 58_148, 1, "models", informative=False),
            ),
            checked="Counted in the built model.",
            informative=False,
        ),
    ),
    approaches=("thumbnail_cnn",),
)

APPROACHES = (
    Approach(
        name="thumbnail_cnn",
        title="CNN on thumbnails",
        model="thumbnail_cnn",
        recipe=NetworkRecipe(
            split=Split("tail", 0.2), optimizer=Optimizer(), batch_size=32, epochs=10
        ),
        documented=CLAIMS.documented_of("thumbnail_cnn"),
    ),
    Approach(
        name="thumbnail_neighbours",
        title="Nearest neighbours on VGG-19",
        model="vgg19_linear",
        recipe=NeighboursRecipe(base="vgg19_linear"),
    ),
)
