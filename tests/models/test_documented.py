"""The models against the report's own tables, typed from its pages and not read from our files."""

import pytest

import models
from models.conformance import describe, load_table

# Layer, output shape, parameters: sections 2b, 2d and 3e.
BASIC = """
Conv_16_3            30 30 16  448
Dropout_0.1          30 30 16  0
MaxPooling           15 15 16  0
BatchNormalization1  15 15 16  64
Conv_32_3            13 13 32  4640
Dropout_0.2          13 13 32  0
Conv_64_3            11 11 64  18496
Dropout_0.25         11 11 64  0
AvgPooling           5 5 64    0
BatchNormalization2  5 5 64    256
Flatten              1600      0
Dense_100            100       160100
"""
IMPROVED = """
Conv_16_3            30 30 16  448
Dropout_0.2          30 30 16  0
MaxPooling           15 15 16  0
BatchNormalization1  15 15 16  64
Conv_32_3            13 13 32  4640
Dropout_0.15         13 13 32  0
BatchNormalization2  13 13 32  128
Conv_64_3            11 11 64  18496
Dropout_0.25         11 11 64  0
BatchNormalization3  11 11 64  256
Conv_128_3           9 9 128   73856
Dropout_0.3          9 9 128   0
AvgPooling           4 4 128   0
BatchNormalization4  4 4 128   512
Conv_256_3           2 2 256   295168
Dropout_0.45         2 2 256   0
BatchNormalization5  2 2 256   1024
Flatten              1024      0
Dense_100            100       102500
"""
HEAD_96 = """
Flatten              73728     0
Dense_512            512       37749248
BatchNormalization   512       2048
Dropout_0.3          512       0
Dense_256            256       131328
Dropout_0.4          256       0
dense_7              100       25700
"""
# Total, trainable, non-trainable.
TOTALS = {
    "basic_cnn": (184_004, 183_844, 160),
    "improved_cnn": (497_092, 496_100, 992),
    "vgg19_96_head": (48_493_476, 37_907_300, 10_586_176),
}
TABLES = {"basic_cnn": BASIC, "improved_cnn": IMPROVED, "vgg19_96_head": HEAD_96}


def typed(table: str) -> list[tuple[str, tuple[int, ...], int]]:
    lines = [line.split() for line in table.strip().splitlines()]
    return [(name, tuple(map(int, shape)), int(count)) for name, *shape, count in lines]


@pytest.mark.parametrize("name", TABLES)
def test_layers_are_those_of_the_report(name: str) -> None:
    expected = typed(TABLES[name])
    for table in (load_table(name), describe(models.build(name))):
        rows = [(row.name, row.output, row.parameters) for row in table.rows]
        assert rows[-len(expected) :] == expected
        assert len(rows) - len(expected) == (15 if name.startswith("vgg19") else 0)
        totals = table.parameters, table.trainable_parameters, table.non_trainable_parameters
        assert totals == TOTALS[name]


def test_backbone_is_configuration_e_to_its_last_layer_of_block_4() -> None:
    """Simonyan & Zisserman 2015, table 1: convolutions of 3x3, from their channels alone."""
    convolutions = {1: (64, 2), 2: (128, 2), 3: (256, 4), 4: (512, 4)}
    expected, channels = [], 3
    for block, (filters, count) in convolutions.items():
        for number in range(1, count + 1):
            parameters = 3 * 3 * channels * filters + filters
            expected.append((f"block{block}_conv{number}", parameters))
            channels = filters
    for name in ("vgg19_linear", "vgg19_96_head"):
        rows = load_table(name).rows
        assert [(r.name, r.parameters) for r in rows if r.type == "Conv2D"] == expected
    # 10,585,152 in the backbone; 4 x 4 x 512 features and a bias for each of 100 classes.
    linear = load_table("vgg19_linear")
    assert linear.non_trainable_parameters == sum(count for _, count in expected) == 10_585_152
    assert linear.trainable_parameters == (4 * 4 * 512 + 1) * 100
