"""The questions, what is tried for each, and what was concluded. Adding one is one entry."""

from __future__ import annotations

from fnmatch import fnmatchcase

from bench.ablations.ablation import Ablation, variant
from bench.ablations.subsets import FIFTH, FIFTH_OF_BOTH, TWENTIETH
from bench.approaches.approach import Approach
from bench.approaches.recipes import EarlyStopping, FrozenBackbone, Optimizer, Split
from bench.approaches.registry import APPROACHES
from bench.approaches.student_report.approaches import LAST_FIFTH
from bench.errors import unknown
from bench.registry import Registry
from datasets.augmentation.parameters import AffineAugmentation

NOW: Registry[Approach] = Registry("approach", APPROACHES)

ABLATIONS: tuple[Ablation, ...] = (
    Ablation(
        name="improvements",
        question="What does each of the report's five improvements (section 2c) contribute, "
        "alone and in the report's order?",
        approach="",
        variants=(
            variant("basic CNN", "basic_cnn"),
            variant(
                "1 alone: filters up to 256", "basic_cnn", model="improved_cnn", against="basic CNN"
            ),
            variant("2 alone: 20 epochs", "basic_cnn", epochs=20, against="basic CNN"),
            variant("3 alone: pixels / 255", "basic_cnn", scaling="unit", against="basic CNN"),
            variant(
                "4 alone: augmentation",
                "basic_cnn",
                augmentation=AffineAugmentation(),
                against="basic CNN",
            ),
            variant(
                "5 alone: 45,000 images",
                "basic_cnn",
                split=Split("tail", 0.1),
                against="basic CNN",
            ),
            variant("1 + 2", "improved_cnn", scaling="raw", against="1 alone: filters up to 256"),
            variant("1 + 2 + 3: improved CNN", "improved_cnn", against="1 + 2"),
            variant(
                "1 to 4",
                "improved_cnn_augmented",
                epochs=20,
                split=LAST_FIFTH,
                against="1 + 2 + 3: improved CNN",
            ),
            variant(
                "1 to 5: improved CNN, augmented",
                "improved_cnn_augmented",
                epochs=20,
                against="1 to 4",
            ),
        ),
        conclusion="Augmentation: alone it is the only one of the five whose contribution can be "
        'told from none with three seeds, "much more helpful than we expected", as the report\'s '
        "authors write. In their order every step leads upwards, by less than three seeds can "
        'tell from none. On a fifth of the images "45,000" are 9,000 instead of 8,000; "more '
        'epochs" are 20 all through, so that each row differs in one thing.',
        tier=FIFTH,
        seeds=3,
    ),
    Ablation(
        name="cnn-optimizer",
        question="Which optimizer and batch size did the basic CNN train with?",
        approach="basic_cnn",
        variants=(
            variant("Adam 0.001, batch 32", "basic_cnn"),
            variant(
                "Adam 0.001, batch 128", "basic_cnn", batch_size=128, against="Adam 0.001, batch 32"
            ),
            variant(
                "RMSprop 0.001, batch 32",
                "basic_cnn",
                optimizer=Optimizer("rmsprop"),
                against="Adam 0.001, batch 32",
            ),
            variant(
                "SGD 0.01, batch 32",
                "basic_cnn",
                optimizer=Optimizer("sgd", learning_rate=0.01),
                against="Adam 0.001, batch 32",
            ),
        ),
        conclusion="Adam 0.001 with batches of 32, Keras' own defaults: with all images its "
        "scores while fitting agree with the documented ones. On a fifth of them test accuracy "
        "tells none of the four apart; while fitting, SGD stays far behind the others.",
        tier=FIFTH,
        seeds=3,
    ),
    Ablation(
        name="improved-batch",
        question="Which batch size did the improved CNN train with?",
        approach="improved_cnn",
        variants=(
            variant("batch 32", "improved_cnn"),
            variant("batch 128", "improved_cnn", batch_size=128, against="batch 32"),
        ),
        conclusion="32, Keras' own default: batches of 128 end lower, further away from the "
        "documented accuracy.",
        tier=FIFTH,
        seeds=3,
    ),
    Ablation(
        name="cnn-epochs",
        question='How many are the "more epochs" of the improved CNN?',
        approach="improved_cnn",
        variants=(
            variant("20 epochs", "improved_cnn"),
            variant("40 epochs", "improved_cnn", epochs=40, against="20 epochs"),
        ),
        curves=("improved_cnn",),
        conclusion="20: one training of 40 ends within the range of the five of 20, and only fits "
        "its own images better. The report says no more than that it took more than 10.",
    ),
    Ablation(
        name="augmented-epochs",
        question="How many epochs did the improved CNN train with augmentation?",
        approach="improved_cnn_augmented",
        variants=(
            variant("40 epochs", "improved_cnn_augmented"),
            variant("20 epochs", "improved_cnn_augmented", epochs=20, against="40 epochs"),
        ),
        curves=("improved_cnn_augmented",),
        conclusion="40: nearer to the documented accuracy than 20, if by less than these seeds can "
        "tell from none. By then validation accuracy gains less than it jumps from epoch to epoch, "
        "so more epochs were not tried.",
    ),
    Ablation(
        name="vgg-scaling",
        question="Do images reach the VGG backbone through `preprocess_input`, divided by 255, or "
        "as they are?",
        approach="vgg19_linear",
        variants=(
            variant("preprocess_input", "vgg19_linear"),
            variant(
                "pixels / 255",
                "vgg19_linear",
                backbone=FrozenBackbone(32, scaling="unit"),
                against="preprocess_input",
            ),
            variant(
                "raw pixels",
                "vgg19_linear",
                backbone=FrozenBackbone(32, scaling="raw"),
                against="preprocess_input",
            ),
        ),
        conclusion="preprocess_input, which the weights were trained with: the documented accuracy "
        "is reproduced with it, and missed by points with either other.",
    ),
    Ablation(
        name="vgg-optimizer",
        question="Which optimizer and batch size did the linear head on VGG-19 train with?",
        approach="vgg19_linear",
        variants=(
            variant("SGD 0.01, batch 32", "vgg19_linear"),
            variant(
                "SGD 0.01, batch 128", "vgg19_linear", batch_size=128, against="SGD 0.01, batch 32"
            ),
            variant(
                "Adam 0.001, batch 32",
                "vgg19_linear",
                optimizer=Optimizer(),
                against="SGD 0.01, batch 32",
            ),
            variant(
                "Adam 0.001, batch 128",
                "vgg19_linear",
                optimizer=Optimizer(),
                batch_size=128,
                against="SGD 0.01, batch 32",
            ),
            variant(
                "Adam 0.0001, batch 32",
                "vgg19_linear",
                optimizer=Optimizer("adam", learning_rate=1e-4),
                against="SGD 0.01, batch 32",
            ),
            variant(
                "RMSprop 0.001, batch 32",
                "vgg19_linear",
                optimizer=Optimizer("rmsprop"),
                against="SGD 0.01, batch 32",
            ),
        ),
        conclusion="SGD at Keras' default rate of 0.01, with batches of 32: the documented "
        "accuracy is reproduced by its three seeds. Three of Adam end lower; so do the others, by "
        "one seed each, too few to tell them from it for certain.",
    ),
    Ablation(
        name="vgg-images",
        question="Did the linear head on VGG-19 train on 40,000 images, as the first models, or "
        "on 45,000, as the last one before it?",
        approach="vgg19_linear",
        variants=(
            variant("40,000 images", "vgg19_linear"),
            variant(
                "45,000 images",
                "vgg19_linear",
                split=Split("tail", 0.1),
                against="40,000 images",
            ),
        ),
        conclusion="40,000: accuracy does not tell them apart, and the report mentions another "
        "split for the augmented CNN alone.",
    ),
    Ablation(
        name="dropped-layers",
        question="Is the linear head better off without the last six layers of VGG-19? Needs "
        "VGG-19's weights up to block5_conv4, as Keras publishes them.",
        approach="vgg19_linear",
        variants=(
            variant("last six layers dropped", "vgg19_linear", known=NOW),
            variant(
                "uncut backbone",
                "vgg19_linear",
                model="models.vgg19_uncut:UNCUT",
                against="last six layers dropped",
                known=NOW,
            ),
        ),
        seeds=5,
    ),
    Ablation(
        name="vgg-backbone",
        question="Was the backbone trained with the linear head, or frozen?",
        approach="vgg19_linear",
        variants=(
            variant("frozen", "vgg19_linear"),
            variant(
                "trained, Adam 0.0001",
                "vgg19_linear",
                trains_backbone=True,
                optimizer=Optimizer("adam", learning_rate=1e-4),
                against="frozen",
            ),
        ),
        conclusion="Frozen: trained as a whole it fits its images and ends far lower on others. "
        "That is of a twentieth of the images and one learning rate.",
        tier=TWENTIETH,
    ),
    Ablation(
        name="vgg-dtype",
        question="Does accuracy move when the backbone computes in bfloat16?",
        approach="vgg19_linear",
        variants=(
            variant("float32", "vgg19_linear"),
            variant(
                "bfloat16",
                "vgg19_linear",
                backbone=FrozenBackbone(32, dtype="bfloat16"),
                against="float32",
            ),
        ),
        conclusion="Not by more than three seeds can tell from none. float32 stays the recipe, as "
        "bfloat16 is faster only where the processor computes in it.",
        seeds=3,
    ),
    Ablation(
        name="forest-features",
        question="Which layer feeds the forest at 32x32?",
        approach="vgg19_forest",
        variants=(
            variant("flattened backbone", "vgg19_forest"),
            variant(
                "class scores", "vgg19_forest", features="Dense_100", against="flattened backbone"
            ),
        ),
        conclusion="The flattened backbone: on the class scores the forest is as good as the "
        "network, which the report's was far from.",
    ),
    Ablation(
        name="forest-96-features",
        question="Which layer feeds the forest at 96x96, and how many trees has it?",
        approach="vgg19_96_forest",
        variants=(
            variant("Dense 256", "vgg19_96_forest"),
            variant("Dense 512", "vgg19_96_forest", features="Dense_512", against="Dense 256"),
            variant("Dense 256, 10 trees", "vgg19_96_forest", trees=10, against="Dense 256"),
            variant("Dense 256, 300 trees", "vgg19_96_forest", trees=300, against="Dense 256"),
        ),
        conclusion="Dense 256 and 100 trees, scikit-learn's default: so the forest lands as little "
        "under its network as in the report, while on Dense 512 or with 10 trees it falls far "
        "behind. 300 trees gain little for three times the cost.",
        tier=FIFTH_OF_BOTH,
    ),
    Ablation(
        name="head-optimizer",
        question="Which optimizer, batch size and patience give the head at 96x96 its documented "
        "23 epochs and its small gap?",
        approach="vgg19_96_head",
        variants=(
            variant("Adam 0.001, batch 128, patience 3", "vgg19_96_head"),
            variant(
                "Adam 0.001, batch 32, patience 3",
                "vgg19_96_head",
                batch_size=32,
                against="Adam 0.001, batch 128, patience 3",
            ),
            variant(
                "Adam 0.0001, batch 128, patience 3",
                "vgg19_96_head",
                optimizer=Optimizer("adam", learning_rate=1e-4),
                against="Adam 0.001, batch 128, patience 3",
            ),
            variant(
                "SGD 0.01, batch 128, patience 3",
                "vgg19_96_head",
                optimizer=Optimizer("sgd", learning_rate=0.01),
                against="Adam 0.001, batch 128, patience 3",
            ),
            variant(
                "Adam 0.001, batch 128, patience 20",
                "vgg19_96_head",
                early_stopping=EarlyStopping(20),
                against="Adam 0.001, batch 128, patience 3",
            ),
        ),
        conclusion="Adam 0.001 with batches of 128, the highest here, and a patience of 3. No "
        "optimizer explains 23 epochs with a small gap: wherever training goes on that long, its "
        "images are fitted almost perfectly. A patience of 20 may: it ends 20 epochs after the "
        "same early epoch and keeps its weights, and with all images the scores of that epoch "
        "are the documented ones. 3 was chosen since it keeps the same weights in a fraction of "
        "the time. With a patience of 20 nothing was run on all images.",
        tier=FIFTH_OF_BOTH,
    ),
    Ablation(
        name="resize",
        question="Which interpolation enlarges images from 32x32 to 96x96?",
        approach="vgg19_96_head",
        variants=(
            variant("bilinear", "vgg19_96_head"),
            variant(
                "nearest",
                "vgg19_96_head",
                backbone=FrozenBackbone(96, resize="nearest"),
                against="bilinear",
            ),
            variant(
                "bicubic",
                "vgg19_96_head",
                backbone=FrozenBackbone(96, resize="bicubic"),
                against="bilinear",
            ),
        ),
        conclusion="Bilinear, the default of Keras' `Resizing`: nearest ends lower, and bicubic "
        "cannot be told from it.",
        tier=TWENTIETH,
    ),
    Ablation(
        name="head-scaling",
        question="Do images reach the backbone at 96x96 through `preprocess_input`, or divided by "
        "255; and does bfloat16 move accuracy there?",
        approach="vgg19_96_head",
        variants=(
            variant("preprocess_input", "vgg19_96_head"),
            variant(
                "pixels / 255",
                "vgg19_96_head",
                backbone=FrozenBackbone(96, scaling="unit"),
                against="preprocess_input",
            ),
            variant(
                "preprocess_input, bfloat16",
                "vgg19_96_head",
                backbone=FrozenBackbone(96, dtype="bfloat16"),
                against="preprocess_input",
            ),
        ),
        conclusion="preprocess_input: pixels / 255 end far lower. bfloat16 cannot be told from "
        "float32 here either.",
        tier=TWENTIETH,
    ),
)


def select_ablations(patterns: tuple[str, ...] = ()) -> tuple[Ablation, ...]:
    """Ablations whose names match any of the shell patterns, in order; none means all.

    Raises:
        BenchError: a pattern matches nothing.
    """
    for pattern in patterns:
        if not any(fnmatchcase(ablation.name, pattern) for ablation in ABLATIONS):
            raise unknown("ablation", pattern, (ablation.name for ablation in ABLATIONS))
    return tuple(
        a for a in ABLATIONS if not patterns or any(fnmatchcase(a.name, p) for p in patterns)
    )
